import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.lists import export_xlsx, listing
from accounts.web import get_visible, tell
from notices.filters import MessageFilter
from notices.forms import CalendarDayForm
from notices.models import CalendarDay, Message
from notices.resources import MessageResource
from notices.rules import may_edit_calendar
from notices.selectors import calendar_years, messages_for_list, unknown_years
from notices.services import mark_all_read, mark_read, set_calendar_day

MESSAGE_ORDER = {"at": ("created_at",), "subject": ("subject",)}


def message_list(request):
    shown = {"filterset": MessageFilter, "orderings": MESSAGE_ORDER}
    rows = messages_for_list(request.user)
    if request.GET.get("export") == "xlsx":
        filename = f"{_('Messages')} {clock.today().isoformat()}"
        return export_xlsx(request, rows, resource=MessageResource(), filename=filename, **shown)
    return render(request, "notices/list.html", {"listing": listing(request, rows, exportable=True, **shown)})


def open_message(request, pk: int):
    """Mark a message as read and go where it points; one that points nowhere is read in the list itself."""
    message = get_visible(Message, request.user, pk=pk)
    mark_read(message=message)
    inside = message.url and url_has_allowed_host_and_scheme(message.url, allowed_hosts=None)
    return redirect(message.url if inside else "notices:list")


@require_POST
def read_all(request):
    count = mark_all_read(user=request.user)
    text = ngettext("%(count)d message marked as read.", "%(count)d messages marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("notices:list")


def calendar(request):
    """The working calendar's exceptions of a year, and a form to enter or change one."""
    if not may_edit_calendar(request.user):
        raise Http404
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The calendar is changed."), action="calendar.set") as outcome:
            row = set_calendar_day(actor=request.user, **form.cleaned_data)
        if outcome.done:
            return redirect(f"{reverse('notices:calendar')}?year={row.day.year}")
    this_year = clock.today().year
    year = _year(request.GET.get("year", "")) or this_year
    context = {
        "form": form,
        "year": year,
        "years": sorted({*calendar_years(), this_year, this_year + 1, year}),
        "days": CalendarDay.objects.filter(day__year=year),
        "unknown_years": unknown_years(this_year),
    }
    return render(request, "notices/calendar.html", context)


def _year(text: str) -> int | None:
    """A year from 1900 to 2199 as typed into the address, else None."""
    return int(text) if re.fullmatch(r"(19|20|21)[0-9]{2}", text) else None
