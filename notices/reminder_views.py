"""Reminders on the web: one's own and why, the office's ledger, and who is away."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.lists import respond
from accounts.models import User
from accounts.web import get_visible, tell
from notices.models import Absence, Reminder
from notices.reminding.forms import AbsenceForm, PersonForm
from notices.reminding.lists import (
    ORDERINGS,
    LedgerFilter,
    LedgerResource,
    ReminderFilter,
    ReminderResource,
)
from notices.rules import may_read_ledger
from notices.selectors import ledger_of
from notices.services.absences import end_absence, enter_absence, people_of_office, why_not_enter

_OWN_ORDERINGS = {key: ORDERINGS[key] for key in ("due_on", "sent_at", "state", "stage")}


def reminders(request):
    """What this person was reminded of, when, and why."""
    return respond(
        request,
        Reminder.objects.visible_to(request.user),
        template="notices/reminders.html",
        filterset=ReminderFilter,
        orderings=_OWN_ORDERINGS,
        resource=ReminderResource,
        title=_("Reminders"),
        context=lambda listed: {"may_read_ledger": may_read_ledger(request.user)},
    )


def ledger(request):
    """Who was reminded of what in the office's city, and what came of it."""
    if not may_read_ledger(request.user):
        raise Http404
    return respond(
        request,
        ledger_of(request.user),
        template="notices/reminder_ledger.html",
        filterset=LedgerFilter,
        orderings=ORDERINGS,
        resource=LedgerResource,
        title=_("Ledger of reminders"),
        action="reminder.export",
    )


def absences(request):
    """One's own absences and those one deputises for; the office chooses whose it enters (?person=)."""
    person = _chosen_person(request)
    form = AbsenceForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_("The absence is entered."), action="absence.enter", obj=person
        ) as outcome:
            enter_absence(actor=request.user, person=person, **form.cleaned_data)
        if outcome.done:
            return redirect(reverse("notices:absences"))
    may_choose = may_read_ledger(request.user)
    rows = Absence.objects.visible_to(request.user).filter(to_day__gte=clock.today(), ended_at=None)
    context = {
        "form": form,
        "person": person,
        "person_form": PersonForm(initial={"person": person.pk}, people=people_of_office(request.user))
        if may_choose
        else None,
        "rows": rows.select_related("user__unit", "deputy").order_by("from_day", "id"),
        "own": request.user.pk,
        "may_choose": may_choose,
    }
    return render(request, "notices/absences.html", context)


@require_POST
def absence_end(request, pk: int):
    row = get_visible(Absence, request.user, pk=pk)
    with tell(request, success=_("The absence is ended."), action="absence.end", obj=row.user):
        end_absence(actor=request.user, absence=row)
    return redirect("notices:absences")


def _chosen_person(request) -> User:
    """The person of ?person=, whom this person may enter absences for; oneself where none is named."""
    asked = request.GET.get("person", "")
    if not asked:
        return request.user
    if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
        raise Http404
    person = User.objects.filter(pk=int(asked), is_active=True).select_related("unit").first()
    if person is None or why_not_enter(request.user, person):
        raise Http404
    return person
