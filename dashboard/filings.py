"""The cycle's applications as they stood at the end of a day."""

import datetime

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import ApplicationState
from applications.models import Application, ApplicationLog, own_area_ids
from assessments.enums import AssessmentState
from assessments.models import Assessment, AssessmentLog
from dashboard.past import (
    in_category,
    reached_by_then,
    site_name_then,
    state_then,
    steps_by_then,
    with_day,
)
from dashboard.question import Question
from dashboard.rows import Column

_S = ApplicationState

#: Where an application on its way may stand, in the order of the way: its own state, and once it was accepted that
#: of its assessment.
STEPS = {
    _S.DRAFT.value: _S.DRAFT.label,
    _S.SUBMITTED.value: _("Submitted, papers to be checked"),
    _S.RETURNED.value: _S.RETURNED.label,
    _S.ACCEPTED.value: _("Accepted, assessment not begun"),
    **{
        state.value: state.label
        for state in AssessmentState
        if state not in (AssessmentState.AWARDED, AssessmentState.FAILED, AssessmentState.DECLINED)
    },
}
#: Ends of the way.
ENDS = {state.value: state.label for state in (_S.AWARDED, _S.REFUSED, _S.WITHDRAWN, _S.DECLINED)}
#: An application keeps its quota place unless it was refused or withdrawn.
HOLDS_PLACE = (_S.SUBMITTED, _S.RETURNED, _S.ACCEPTED, _S.AWARDED, _S.DECLINED)


def known_by_then(question: Question) -> QuerySet:
    """The applications of the cycle, areas, category and level asked for that were known to the person on the day, with
    `state_then`. Drafts are their own county's; seal keepers, who read forms only, see none of it here."""
    filed = Q(filed_first_at__lte=question.moment)
    own = Q(area__in=own_area_ids(question.user), created_at__lte=question.moment)
    rows = Application.objects.followed_by(question.user).filter(
        filed | own, in_category(question), cycle=question.cycle, area__in=question.shown_areas
    )
    if question.level:
        rows = rows.filter(level=question.level)
    return rows.annotate(state_then=state_then(question, ApplicationLog, ApplicationState.DRAFT.value))


def filed_by_then(question: Question) -> QuerySet:
    """Those handed in at least once by the end of the day."""
    return known_by_then(question).filter(filed_first_at__lte=question.moment)


def holding_places(question: Question) -> QuerySet:
    """Those that held a place of their area's quota."""
    return filed_by_then(question).filter(state_then__in=HOLDS_PLACE)


def with_steps(question: Question, rows: QuerySet) -> QuerySet:
    """Applications with `step`, a key of STEPS or ENDS, and `since`, the moment they came to it."""
    own, assessed = steps_by_then(question, ApplicationLog), _assessed_by_then(question)
    begun = Assessment.objects.filter(application=OuterRef("pk"), started_at__lte=question.moment)
    is_assessed = Q(state_then=ApplicationState.ACCEPTED.value) & Exists(begun)
    step_of_assessment = Coalesce(
        Subquery(assessed.values("to_state")[:1]), Value(AssessmentState.SCORING.value)
    )
    return with_day(question, rows).annotate(
        step=Case(
            When(is_assessed, then=step_of_assessment), default=F("state_then"), output_field=CharField()
        ),
        since=Case(
            When(
                is_assessed,
                then=Coalesce(Subquery(assessed.values("at")[:1]), Subquery(begun.values("started_at")[:1])),
            ),
            default=Coalesce(Subquery(own.values("at")[:1]), F("created_at")),
        ),
    )


def _assessed_by_then(question: Question) -> QuerySet:
    return steps_by_then(question, AssessmentLog, "subject__application")


def was_accepted(question: Question) -> Exists:
    return reached_by_then(question, ApplicationLog, ApplicationState.ACCEPTED.value)


def was_noticed(question: Question) -> Exists:
    return reached_by_then(question, AssessmentLog, AssessmentState.NOTICED.value, "subject__application")


def was_assessed(question: Question) -> Q:
    """Whether the office had closed the assessment, passed or not."""
    return Q(assessment__closed_at__lte=question.moment)


# --- rows of a list -----------------------------------------------------------------------------------------


def step_label(application: Application):
    """Where it stood, in words; of one `with_steps`."""
    return (STEPS | ENDS)[application.step]


def days_standing(application: Application) -> int:
    return (application.asked_on - since_day(application)).days


def since_day(application: Application) -> datetime.date:
    return timezone.localdate(application.since)


def application_address(application: Application) -> str:
    return reverse("applications:detail", args=[application.pk])


def for_list(question: Question, rows: QuerySet) -> QuerySet:
    """Applications with what COLUMNS show, the one that has stood longest first."""
    rows = with_steps(question, rows).annotate(site_name=site_name_then(question))
    return rows.select_related("area", "level").order_by("since", "pk")


COLUMNS = (
    Column(_("Number"), lambda row: row.number, url=application_address),
    Column(_("Site"), lambda row: row.site_name),
    Column(_("County or park"), lambda row: str(row.area)),
    Column(_("Level"), lambda row: str(row.level)),
    Column(_("Where it stands"), step_label),
    Column(_("Since"), since_day),
    Column(_("Days standing"), days_standing, is_number=True),
)
