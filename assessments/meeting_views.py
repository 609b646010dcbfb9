"""The meeting that decides on many sites at once, its minutes, the ranked list sent up and the answers from above."""

import mimetypes

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from accounts.services import record
from accounts.tables import table_response
from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from applications.models import Cycle
from applications.selectors import present_cycle
from assessments import services
from assessments.enums import AssessmentAction, AssessmentState
from assessments.forms import (
    NO,
    YES,
    CommonOpinionForm,
    DecisionForm,
    OneAnswerForm,
    PaperFromAboveForm,
    PlaceForm,
    RankingForm,
    SendUpForm,
)
from assessments.models import Assessment
from assessments.ranking import next_rank, why_reason_wanted
from assessments.rules import may_read_decisions, may_take
from assessments.selectors import ranked, recommended_levels, to_deliberate, with_next
from assessments.services import Answer, Decision, Place
from assessments.sheet_views import SANDBOX
from assessments.tables import ranking_table as table_of
from sites.models import Level


def meeting(request, pk: int):
    """All sites of a year that wait for deliberation, decided in one meeting with one number of minutes."""
    cycle = _cycle(request, pk)
    rows = list(to_deliberate(request.user, cycle))
    form = CommonOpinionForm(request.POST or None, request.FILES or None, initial={"held_on": clock.today()})
    _each(request, rows, DecisionForm, initial=lambda row: {})
    if request.method == "POST" and _valid(form, rows):
        with tell(
            request,
            success=_("The decisions of the meeting are recorded."),
            action="assessment.approve",
            obj=cycle,
        ) as outcome:
            minutes = chosen_file(request, "minutes")
            services.deliberate_together(
                actor=request.user,
                held_on=form.cleaned_data["held_on"],
                minutes_number=form.cleaned_data["minutes_number"],
                minutes=minutes,
                decisions=_decisions(rows, form.cleaned_data["opinion"]),
            )
        if outcome.done:
            return redirect("assessments:meeting", pk)
    context = {
        "cycle": cycle,
        "form": form,
        "rows": rows,
        "may_decide": any(may_take(request.user, row, AssessmentAction.APPROVE) for row in rows),
    }
    return render(request, "assessments/meeting.html", context)


def minutes(request, pk: int):
    """The scan of the minutes that decided on a site; for those who decide."""
    assessment = get_visible(Assessment.objects.select_related("deliberation"), request.user, pk=pk)
    deliberation = getattr(assessment, "deliberation", None)
    if (
        deliberation is None
        or not deliberation.minutes
        or not may_read_decisions(request.user, assessment.application.cycle)
    ):
        raise Http404
    kind = mimetypes.guess_type(deliberation.minutes.name)[0] or "application/octet-stream"
    response = FileResponse(
        deliberation.minutes.open(), filename=deliberation.minutes_name, content_type=kind
    )
    response["Content-Security-Policy"] = SANDBOX
    return response


def ranking(request):
    """What deliberation approved at a level that is recommended upwards; the list sent up in one go."""
    cycle, level, levels = _chosen(request)
    rows = with_next(ranked(request.user, cycle, level)) if level else []
    waiting = [row for row in rows if may_take(request.user, row, AssessmentAction.RECOMMEND)]
    first = next_rank(cycle.pk, level.pk) if level else 1
    places = {row.pk: first + place for place, row in enumerate(waiting)}
    form = SendUpForm(request.POST or None, initial={"sent_on": clock.today()})
    _each(request, waiting, PlaceForm, initial=lambda row: {"rank": places[row.pk]})
    if request.method == "POST" and _valid(form, waiting):
        with tell(
            request, success=_("The list is sent up."), action="assessment.recommend", obj=cycle
        ) as outcome:
            services.send_up(
                actor=request.user,
                cycle=cycle,
                level=level,
                places=_places(waiting, first),
                sent_on=form.cleaned_data["sent_on"],
            )
        if outcome.done:
            return redirect(f"{request.path}?cycle={cycle.pk}&level={level.pk}")
    context = {
        "cycle": cycle,
        "level": level,
        "form": RankingForm(initial={"cycle": cycle, "level": level}, user=request.user, levels=levels),
        "rows": rows,
        "waiting": waiting,
        "send": form,
        "wanted": why_reason_wanted(waiting),
        "answers_due": sum(1 for row in rows if may_take(request.user, row, AssessmentAction.CONFIRM)),
    }
    return render(request, "assessments/ranking.html", context)


def ranking_table(request):
    """The ranked list as an official table."""
    cycle, level, _levels = _chosen(request)
    if level is None:
        raise Http404
    record(action="assessment.ranking_table", actor=request.user, obj=cycle)
    return table_response(table_of(request.user, cycle, level))


def answers(request, cycle_pk: int, level_pk: int):
    """One paper of the department above that answers for several sites."""
    cycle, level = _cycle(request, cycle_pk), get_object_or_404(Level, pk=level_pk)
    if level not in recommended_levels(cycle):
        raise Http404
    rows = [row for row in ranked(request.user, cycle, level) if row.state == AssessmentState.RECOMMENDED]
    rows.sort(key=lambda row: row.recommendation.rank)
    form = PaperFromAboveForm(request.POST or None, initial={"answered_on": clock.today()})
    _each(request, rows, OneAnswerForm, initial=lambda row: {})
    if request.method == "POST" and _valid(form, rows):
        with tell(
            request, success=_("The answers are recorded."), action="assessment.confirm", obj=cycle
        ) as outcome:
            services.record_answers(
                actor=request.user,
                answers=[_answer(row) for row in rows if row.form.cleaned_data["answer"]],
                **form.cleaned_data,
            )
        if outcome.done:
            return redirect("assessments:answers", cycle_pk, level_pk)
    context = {
        "cycle": cycle,
        "level": level,
        "form": form,
        "rows": rows,
        "numbered_above": not level.plaque_number,
        "may_answer": any(may_take(request.user, row, AssessmentAction.CONFIRM) for row in rows),
    }
    return render(request, "assessments/answers.html", context)


def _cycle(request, pk: int) -> Cycle:
    cycle = get_visible(Cycle.objects.select_related("programme__owner"), request.user, pk=pk)
    if not may_read_decisions(request.user, cycle):
        raise Http404
    return cycle


def _chosen(request) -> tuple:
    """Year and level of the ranking: those asked for, or the present year and its first level sent up."""
    cycle = present_cycle(request.user)
    form = RankingForm(request.GET, user=request.user)
    if form.is_valid():
        cycle = form.cleaned_data["cycle"] or cycle
    if cycle is None or not may_read_decisions(request.user, cycle):
        raise Http404
    levels = recommended_levels(cycle)
    chosen = form.cleaned_data.get("level") if form.is_valid() else None
    return cycle, chosen if chosen in levels else next(iter(levels), None), levels


def _each(request, rows, form_class, *, initial) -> None:
    """Give each row a form of its own, bound when the page was sent."""
    for row in rows:
        row.form = form_class(
            request.POST or None, prefix=f"s{row.pk}", initial=initial(row), auto_id=f"s{row.pk}_%s"
        )


def _valid(form, rows) -> bool:
    return all([form.is_valid(), *(row.form.is_valid() for row in rows)])


def _decisions(rows, common: str) -> list[Decision]:
    made = []
    for row in rows:
        decision, opinion = row.form.cleaned_data["decision"], row.form.cleaned_data["opinion"].strip()
        if decision:
            approved = decision == YES
            made.append(Decision(row, approved, opinion or (common.strip() if approved else "")))
    return made


def _places(rows, first: int) -> list[Place]:
    """The rows with a rank in its order. Raises DomainError for ranks that are doubled or leave a gap."""
    given = sorted(
        ((row.form.cleaned_data["rank"], row) for row in rows if row.form.cleaned_data["rank"]),
        key=lambda pair: pair[0],
    )
    ranks = [rank for rank, _row in given]
    if ranks != list(range(first, first + len(ranks))):
        raise DomainError(
            _("The ranks must count from %(first)s without a gap, each once.") % {"first": first}
        )
    return [Place(row, row.form.cleaned_data["reason"]) for _rank, row in given]


def _answer(row) -> Answer:
    values = row.form.cleaned_data
    return Answer(
        recommendation=row.recommendation,
        confirmed=values["answer"] != NO,
        plaque_number=values["plaque_number"],
        reason=values["reason"],
    )
