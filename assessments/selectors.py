"""Assessments, score sheets and levels as lists and pages read them, and what waits for whom."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.rules import has_role
from accounts.scope import units_with_role
from accounts.selectors import users_with_role
from applications.enums import ApplicationState, Step
from applications.models import Application, Cycle, LevelRule
from assessments.due import acceptance_days
from assessments.enums import AssessmentState, ObjectionOutcome
from assessments.models import Assessment, Indicator, Objection, ScoreSheet
from assessments.progress import OVER, what_next
from assessments.rules import next_step
from assessments.scoring import Marks, marks_of
from notices.todo import Todo
from sites.models import Level, Plaque


def assessments_for_list(user):
    """Assessments a person may see, with all that `progress` asks of them, in one query."""
    sheets = ScoreSheet.objects.filter(assessment=OuterRef("pk"))
    objections = Objection.objects.filter(notice__assessment=OuterRef("pk"))
    rule = LevelRule.objects.filter(
        cycle=OuterRef("application__cycle"), level=OuterRef("application__level")
    )
    return (
        Assessment.objects.visible_to(user)
        .select_related(
            "application__cycle__programme__owner",
            "application__site__category",
            "application__site__area",
            "application__level__programme__owner",
            "application__area",
            "indicator_set",
            "deliberation",
            "recommendation",
            "notice",
        )
        .annotate(
            rule_steps=Subquery(rule.values("steps")[:1]),
            sheets_all=_count(sheets, "assessment"),
            sheets_in=_count(sheets.exclude(handed_in_at=None), "assessment"),
            objections_open=_count(objections.filter(outcome=ObjectionOutcome.OPEN), "notice"),
            objections_upheld=_count(objections.filter(outcome=ObjectionOutcome.UPHELD), "notice"),
        )
    )


def with_next(assessments) -> list[Assessment]:
    """The assessments of one page, each with what is asked next as `next`; one query for all their cycles."""
    rows = list(assessments)
    due = acceptance_days(row.application.cycle_id for row in rows if row.state == AssessmentState.SCORING)
    for row in rows:
        row.next = what_next(row, due.get(row.application.cycle_id))
    return rows


def own_sheets(user) -> list[ScoreSheet]:
    """The score sheets a person still has to hand in, each with its last day as `due`, the soonest first; two
    queries."""
    if not has_role(user, Role.ASSESSOR):
        return []
    sheets = list(
        ScoreSheet.objects.filter(
            assessor=user, handed_in_at=None, assessment__state=AssessmentState.SCORING
        ).select_related(
            "assessment__application__site__category",
            "assessment__application__area",
            "assessment__application__level",
        )
    )
    due = acceptance_days(sheet.assessment.application.cycle_id for sheet in sheets)
    for sheet in sheets:
        sheet.due = due.get(sheet.assessment.application.cycle_id)
    return sorted(sheets, key=lambda sheet: sheet.due or datetime.date.max)


def to_open(user):
    """Accepted applications for which the person, as the leadership office, has to open the assessment."""
    owners = units_with_role(user, (Role.OFFICE,))
    if not owners:
        return Application.objects.none()
    reach = Q()
    for unit in owners:
        reach |= Q(cycle__programme__owner__path__startswith=unit.path)
    return (
        Application.objects.filter(reach, state=ApplicationState.ACCEPTED, assessment=None)
        .select_related("site__category", "area", "level")
        .defer("data")
        .order_by("id")
    )


@dataclass(frozen=True)
class Standing:
    """Where the acceptance of a year stands, counted in applications accepted for assessment.

    `late` are open though their last day is over, `closed_late` were closed after it, `unassigned` are open and lack
    assessors.
    """

    due: datetime.date | None
    assessed: int
    open: int
    late: int
    closed_late: int
    unassigned: int


def acceptance_standing(cycle: Cycle) -> Standing:
    """The acceptance of a year in figures; two queries."""
    due = acceptance_days([cycle.pk]).get(cycle.pk)
    closed = ~Q(assessment=None) & ~Q(assessment__state=AssessmentState.SCORING)
    waiting = Q(state=ApplicationState.ACCEPTED) & ~closed
    sheets = ScoreSheet.objects.filter(assessment__application=OuterRef("pk"))
    lacking = Q(
        assessment__state=AssessmentState.SCORING, sheets_all__lt=F("assessment__indicator_set__assessors")
    )
    counts = (
        Application.objects.filter(cycle=cycle)
        .annotate(sheets_all=_count(sheets, "assessment__application"))
        .aggregate(
            assessed=Count("pk", filter=closed),
            open=Count("pk", filter=waiting),
            closed_late=Count("pk", filter=closed & _closed_after(due)),
            unassigned=Count("pk", filter=lacking),
        )
    )
    overdue = due is not None and clock.today() > due
    return Standing(due=due, late=counts["open"] if overdue else 0, **counts)


def _closed_after(day: datetime.date | None) -> Q:
    if day is None:
        return Q(pk__in=[])
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return Q(assessment__closed_at__gte=timezone.make_aware(midnight))


def to_assign(user, cycle: Cycle):
    """Open assessments of a year that have fewer assessors than their set wants."""
    rows = assessments_for_list(user).filter(application__cycle=cycle, state=AssessmentState.SCORING)
    return rows.filter(sheets_all__lt=F("indicator_set__assessors")).order_by("application__number")


def to_deliberate(user, cycle: Cycle) -> list[Assessment]:
    """Assessments of a year that wait for the meeting, by level and score."""
    rows = (
        assessments_for_list(user)
        .filter(application__cycle=cycle, state=AssessmentState.PASSED)
        .order_by("application__level__rank", "-score", "application__number")
    )
    return [row for row in rows if next_step(row) == Step.DELIBERATION]


def free_assessors(assessment: Assessment):
    """Who may be assigned: assessors of the programme, neither of the filing unit nor assigned already."""
    application = assessment.application
    at_home = Q(unit__path__startswith=application.area.path)
    return (
        users_with_role(Role.ASSESSOR, application.cycle.programme.owner)
        .exclude(at_home)
        .exclude(pk__in=users_with_role(Role.UNIT_STAFF, application.area).values("pk"))
        .exclude(pk__in=assessment.sheets.values("assessor"))
        .exclude(pk__in=assessment.recusals.values("assessor"))
        .select_related("unit")
        .order_by("unit_id", "id")
    )


@dataclass(frozen=True)
class Line:
    """One indicator with what each sheet says of it; a heading carries the subtotals of its section."""

    indicator: Indicator
    is_heading: bool
    most: Decimal | None
    cells: list


def score_table(assessment: Assessment, sheets: list[ScoreSheet]) -> list[Line]:
    """Indicators in order, points side by side for `sheets`; two queries."""
    marks = marks_of(assessment, sheets)
    return [
        _heading(indicator, marks)
        if indicator.is_heading
        else Line(
            indicator,
            False,
            indicator.points,
            [marks.scores.get((sheet.pk, indicator.pk)) for sheet in sheets],
        )
        for indicator in marks.tree.lines
    ]


def plaque_of(assessment: Assessment) -> Plaque | None:
    """The plaque the assessment led to."""
    if assessment.state != AssessmentState.AWARDED:
        return None
    application = assessment.application
    return Plaque.objects.filter(site=application.site, level=application.level).order_by("-id").first()


def ranked(user, cycle: Cycle, level: Level) -> list[Assessment]:
    """What deliberation approved at a level that is recommended upwards, best score first.

    Equal scores carry `tied`: who comes first of them a person decides, with a reason.
    """
    rows = list(
        assessments_for_list(user)
        .filter(application__cycle=cycle, application__level=level, deliberation__approved=True)
        .order_by("-score", "application__number")
    )
    scores = [row.score for row in rows]
    for row in rows:
        row.place = scores.index(row.score) + 1
        row.tied = scores.count(row.score) > 1
    return rows


def recommended_levels(cycle: Cycle) -> list[Level]:
    """The levels whose rule in this cycle has a ranked recommendation."""
    rules = cycle.level_rules.select_related("level")
    return [rule.level for rule in rules if Step.RECOMMENDATION in rule.steps]


def waiting_for(user) -> list[Todo]:
    """What waits for a person in assessments, in a fixed number of queries: sheets to hand in, assessments to
    open, and the next step of each one that is his or hers to take."""
    return [*_sheets_to_hand_in(user), *_assessments_to_open(user), *_steps_to_take(user)]


def _sheets_to_hand_in(user) -> list[Todo]:
    return [
        _todo(
            _("Assess"),
            sheet.assessment.application,
            reverse("assessments:sheet", args=[sheet.pk]),
            sheet.due,
        )
        for sheet in own_sheets(user)
    ]


def _assessments_to_open(user) -> list[Todo]:
    applications = list(to_open(user))
    due = acceptance_days(application.cycle_id for application in applications)
    return [
        _todo(
            _("Open the assessment"),
            application,
            reverse("applications:detail", args=[application.pk]),
            due.get(application.cycle_id),
        )
        for application in applications
    ]


def _steps_to_take(user) -> list[Todo]:
    if not units_with_role(user, (Role.OFFICE, Role.LEADER)):
        return []
    rows = with_next(assessments_for_list(user).exclude(state__in=OVER).order_by("id"))
    return [
        _todo(row.next.text, row.application, reverse("assessments:detail", args=[row.pk]), row.next.due)
        for row in rows
        if row.next.role in (Role.OFFICE, Role.LEADER)
        and has_role(user, row.next.role, row.application.cycle.programme.owner)
    ]


def _todo(task: str, application: Application, url: str, due: datetime.date | None) -> Todo:
    return Todo(
        text=_("%(task)s: %(site)s (%(level)s)")
        % {"task": task, "site": application.site.name, "level": application.level},
        url=url,
        due=due,
        detail=f"{application.area} · {application.number}",
    )


def _heading(indicator: Indicator, marks: Marks) -> Line:
    most = marks.tree.most(indicator)
    cells = [None if most is None else marks.subtotal(sheet, indicator) for sheet in marks.sheets]
    return Line(indicator, True, most, cells)


def _count(rows, key: str):
    counted = rows.order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
