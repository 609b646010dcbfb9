"""Meetings on the web: the year's list and matrix, one meeting and its steps, its agenda and its papers."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import ReasonForm
from accounts.lists import Listing, respond
from accounts.models import Unit
from accounts.scope import reached_unit_ids
from accounts.selectors import Event, log_rows
from accounts.uploads import chosen_files
from accounts.web import get_visible, tell
from applications.models import Cycle
from applications.selectors import present_cycle
from notices.print_fonts import PrintingUnavailable
from supervision.enums import MeetingAction, MeetingState
from supervision.meeting_forms import (
    DetailsForm,
    HoldForm,
    MoveForm,
    PapersForm,
    PlanForm,
    SpeakerFormSet,
    speakers_in,
)
from supervision.meeting_kinds import kind_of
from supervision.meeting_lists import ORDERINGS, MeetingFilter, MeetingResource, matrix_of, with_kind
from supervision.meeting_paper import agenda_pdf
from supervision.meeting_rules import (
    may_take_meeting,
    why_not_add_papers,
    why_not_change_meeting,
    why_not_plan_meeting,
)
from supervision.meeting_selectors import meetings_for_list
from supervision.models import Meeting, MeetingFile
from supervision.services import meetings as services


def meeting_list(request):
    def context(listed: Listing) -> dict:
        chosen = listed.filter.form.is_valid() and listed.filter.form.cleaned_data.get("cycle")
        cycle = chosen or present_cycle(request.user)
        matrix = matrix_of(request.user, cycle, set(reached_unit_ids(request.user)))
        return {"rows": with_kind(listed.page), "matrix": matrix}

    return respond(
        request,
        meetings_for_list(request.user),
        template="supervision/meetings/list.html",
        filterset=MeetingFilter,
        orderings=ORDERINGS,
        resource=MeetingResource,
        title=_("Meetings"),
        action="meeting.export",
        context=context,
    )


def plan(request, pk: int):
    """Plan a meeting of ?kind= for ?unit= in a cycle."""
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    kind, unit = kind_of(cycle, request.GET.get("kind", "")), _unit(request)
    if kind is None or unit is None or why_not_plan_meeting(request.user, cycle, kind, unit) is not None:
        raise Http404
    form = PlanForm(request.POST or None, initial={"title": str(kind)})
    speakers = _speaker_forms(request, kind)
    if request.method == "POST" and form.is_valid() and (speakers is None or speakers.is_valid()):
        with tell(request, success=_("The meeting is planned."), action="meeting.plan", obj=cycle) as outcome:
            meeting = services.plan_meeting(
                actor=request.user,
                cycle=cycle,
                kind=kind.code,
                unit=unit,
                speakers=speakers_in(speakers) if speakers else (),
                **form.cleaned_data,
            )
        if outcome.done:
            _point_out(request, meeting, meeting.planned_on)
            return redirect("supervision:meeting", meeting.pk)
    context = {"cycle": cycle, "kind": kind, "unit": unit, "form": form, "speakers": speakers}
    return render(request, "supervision/meetings/plan.html", context)


def _unit(request) -> Unit | None:
    number = request.GET.get("unit", "")
    return Unit.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


def _speaker_forms(request, kind, known=()):
    """The lines for speakers, where the kind has them."""
    if kind is None or not kind.has_speakers:
        return None
    initial = [{"speaker": row.speaker, "topic": row.topic} for row in known]
    return SpeakerFormSet(request.POST or None, initial=initial, prefix="speakers")


def _point_out(request, meeting: Meeting, day) -> None:
    """A day outside the scheme's is recorded and said."""
    kind = kind_of(meeting.cycle, meeting.kind)
    if kind and not kind.covers(day):
        messages.info(request, _("The scheme sets %(days)s for this meeting.") % {"days": kind.days})


def meeting(request, pk: int):
    return _page(request, _meeting(request, pk))


def change(request, pk: int):
    obj = _meeting(request, pk)
    if why_not_change_meeting(request.user, obj) is not None:
        return redirect("supervision:meeting", pk)
    form = DetailsForm.of(obj, request.POST or None)
    speakers = _speaker_forms(request, kind_of(obj.cycle, obj.kind), obj.speakers.all())
    if request.method == "POST" and form.is_valid() and (speakers is None or speakers.is_valid()):
        with tell(request, success=_("Saved."), action="meeting.change", obj=obj) as outcome:
            services.change_meeting(
                actor=request.user,
                meeting=obj,
                speakers=speakers_in(speakers) if speakers is not None else None,
                **form.cleaned_data,
            )
        if outcome.done:
            return redirect("supervision:meeting", pk)
    context = {"meeting": obj, "form": form, "speakers": speakers}
    return render(request, "supervision/meetings/change.html", context)


@require_POST
def move(request, pk: int):
    return _take(request, pk, "move", MoveForm(request.POST, auto_id="move_%s"), services.move_meeting)


@require_POST
def cancel(request, pk: int):
    return _take(
        request, pk, "cancel", ReasonForm(request.POST, auto_id="cancel_%s"), services.cancel_meeting
    )


@require_POST
def hold(request, pk: int):
    return _take(request, pk, "hold", HoldForm(request.POST, auto_id="hold_%s"), services.hold_meeting)


@require_POST
def papers(request, pk: int):
    obj = _meeting(request, pk)
    form = PapersForm(request.POST, may_write_minutes=_may_write_minutes(obj), auto_id="papers_%s")
    return _take(request, pk, "papers", form, services.add_papers)


def agenda(request, pk: int):
    """The agenda as a PDF to be printed."""
    obj = _meeting(request, pk)
    try:
        content = agenda_pdf(obj)
    except PrintingUnavailable as error:
        messages.error(request, str(error))
        return redirect("supervision:meeting", pk)
    return FileResponse(io.BytesIO(content), filename=f"{obj.title}.pdf", content_type="application/pdf")


def file(request, pk: int):
    """A paper of a meeting, for those who may see it."""
    obj = get_visible(MeetingFile, request.user, pk=pk)
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.name)


def _meeting(request, pk: int) -> Meeting:
    return get_object_or_404(meetings_for_list(request.user), pk=pk)


def _may_write_minutes(obj: Meeting) -> bool:
    return obj.state == MeetingState.HELD and not obj.minutes


def _page(request, obj: Meeting, **bound):
    """The page of a meeting, with the forms of the steps this person may take (or one as it was sent)."""
    user, kind = request.user, kind_of(obj.cycle, obj.kind)
    forms = {}
    if may_take_meeting(user, obj, MeetingAction.HOLD):
        forms["hold"] = HoldForm(auto_id="hold_%s", initial={"held_on": obj.planned_on})
        forms["move"] = MoveForm(auto_id="move_%s")
        forms["cancel"] = ReasonForm(auto_id="cancel_%s")
    if why_not_add_papers(user, obj) is None:
        forms["papers"] = PapersForm(may_write_minutes=_may_write_minutes(obj), auto_id="papers_%s")
    context = {
        "meeting": with_kind([obj])[0],
        "kind": kind,
        "forms": {name: bound.get(name, form) for name, form in forms.items()},
        "may_change": why_not_change_meeting(user, obj) is None,
        "speakers": list(obj.speakers.all()),
        "files": list(obj.files.select_related("added_by")),
        "log": _log(obj),
    }
    return render(request, "supervision/meetings/detail.html", context)


def _log(obj: Meeting) -> list:
    """The steps of a meeting, from who planned it on."""
    rows = log_rows(obj)
    for row in rows:
        if row.action == MeetingAction.MOVE:
            row.to_label = _("Put off")
    return [Event(obj.recorded_at, _("Planned"), obj.recorded_by), *rows]


def _take(request, pk: int, name: str, form, service):
    """Take one step: on to the page when it is done, else the page again with what was typed and why not."""
    obj = _meeting(request, pk)
    if form.is_valid():
        with tell(request, success=_("Recorded."), action=f"meeting.{name}", obj=obj) as outcome:
            data = dict(form.cleaned_data)
            if "files" in form.fields:
                data["files"] = chosen_files(request, "files")
            done = service(actor=request.user, meeting=obj, **data)
        if outcome.done:
            if day := data.get("held_on") or data.get("planned_on"):
                _point_out(request, done, day)
            return redirect("supervision:meeting", pk)
    # Read again: somebody else may have moved it in between.
    return _page(request, _meeting(request, pk), **{name: form})
