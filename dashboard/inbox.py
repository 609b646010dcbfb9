"""The first page of everybody: what waits, by when, and where one stands in the year."""

import datetime
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.rules import has_role, may_administer, may_audit, may_grant_roles
from accounts.scope import role_assignments, units_with_role
from applications.deadlines import filing_deadlines
from applications.enums import ApplicationState, CycleState
from applications.models import Application, Cycle
from applications.quota import Quota, quotas_of
from applications.selectors import waiting_for as waiting_in_applications
from assessments.evaluation_todo import waiting_for as waiting_in_evaluations
from assessments.models import ScoreSheet
from assessments.reviewing.todo import waiting_for as waiting_in_reviews
from assessments.selectors import waiting_for as waiting_in_assessments
from dashboard.due import Calendar, Due
from dashboard.selectors import Date, OwnDay, dates, general_deadline, place_list, with_own_days
from dashboard.tables import Number, address
from dashboard.warnings.todo import waiting_for as waiting_in_warnings
from notices.models import Message
from notices.reminding.calendar_duty import waiting_for as waiting_in_calendar
from notices.selectors import waiting_for as waiting_in_notices
from notices.todo import Todo
from publicity.case_selectors import waiting_for as waiting_in_cases
from publicity.certificate_selectors import waiting_for as waiting_in_certificates
from publicity.coverage_selectors import waiting_for as waiting_in_coverage
from publicity.plan_duties import waiting_for as waiting_in_publicity_plan
from publicity.story_selectors import waiting_for as waiting_in_stories
from sites.life_selectors import sites_kept_by
from sites.life_selectors import waiting_for as waiting_in_ledgers
from sites.selectors import waiting_for as waiting_in_sites
from supervision.finding_todo import waiting_for as waiting_in_findings
from supervision.meeting_duties import waiting_for as waiting_in_meetings
from supervision.plan_todo import waiting_for as waiting_in_visits
from supervision.task_duties import waiting_for as waiting_in_tasks

UNREAD_SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    todo: Todo
    due: Due | None


@dataclass(frozen=True)
class QuotaUse:
    quota: Quota
    url: str


@dataclass(frozen=True)
class Desk:
    """One area a person files for: its own last day, and its places by level."""

    area: object
    deadline: Due | None
    is_extended: bool
    quotas: tuple[QuotaUse, ...]
    sites_url: str


@dataclass(frozen=True)
class Year:
    """One open cycle as one person meets it: by desks (county staff) or by counts (office and leaders)."""

    cycle: Cycle
    dates: list[Date]
    desks: list[Desk]
    counts: list[tuple[str, Number]]


def waiting(user) -> list[Waiting]:
    """Everything that waits for a person: what is overdue first, then by day, then what has no day."""
    todos = waiting_in_applications(user) + waiting_in_assessments(user) + waiting_in_reviews(user)
    todos += waiting_in_evaluations(user) + waiting_in_sites(user)
    todos += waiting_in_meetings(user) + waiting_in_tasks(user)
    todos += waiting_in_notices(user) + waiting_in_calendar(user)
    todos += waiting_in_findings(user)
    todos += waiting_in_visits(user)
    todos += waiting_in_ledgers(user)
    todos += waiting_in_warnings(user)
    todos += waiting_in_certificates(user)
    todos += waiting_in_cases(user) + waiting_in_stories(user)
    todos += waiting_in_coverage(user) + waiting_in_publicity_plan(user)
    calendar = Calendar(todo.due for todo in todos if todo.due)
    todos.sort(key=lambda todo: todo.due or datetime.date.max)
    return [Waiting(todo=todo, due=todo.due and calendar.due(todo.due)) for todo in todos]


def open_years(user) -> list[Year]:
    """The open cycles a person has to do with, each with its dates and the person's own part in it."""
    cycles = Cycle.objects.visible_to(user).filter(state=CycleState.OPEN)
    return [_year(user, cycle) for cycle in cycles.select_related("programme__owner").order_by("-year", "id")]


def _year(user, cycle: Cycle) -> Year:
    found = dates(cycle)
    owner = cycle.programme.owner
    areas = [
        unit for unit in units_with_role(user, (Role.UNIT_STAFF,)) if unit.is_area and owner.contains(unit)
    ]
    decides = has_role(user, Role.OFFICE, owner) or has_role(user, Role.LEADER, owner)
    desks = _desks(cycle, areas, general_deadline(found)) if areas else []
    own = [OwnDay(desk.area, desk.deadline) for desk in desks if desk.is_extended]
    return Year(
        cycle=cycle,
        dates=with_own_days(found, own, len(areas)),
        desks=desks,
        counts=_counts(user, cycle) if decides else [],
    )


def _desks(cycle: Cycle, areas: list, general: datetime.date | None) -> list[Desk]:
    deadlines = filing_deadlines(cycle, areas)
    quotas = quotas_of(cycle, areas)
    calendar = Calendar(deadlines.values())
    return [
        Desk(
            area=area,
            deadline=calendar.due(deadlines[area.pk]) if area.pk in deadlines else None,
            is_extended=area.pk in deadlines and deadlines[area.pk] != general,
            quotas=tuple(
                QuotaUse(quota=quota, url=place_list(cycle, area, quota.level))
                for quota in sorted(quotas[area.pk].values(), key=lambda quota: quota.level.rank)
            ),
            sites_url=address("sites:list", area=area.pk, state="active"),
        )
        for area in areas
    ]


def _counts(user, cycle: Cycle) -> list[tuple[str, Number]]:
    """The cycle's applications by state, drafts left out: they are still the counties' own; one query."""
    rows = Application.objects.visible_to(user).filter(cycle=cycle).order_by()
    counts = dict(rows.values_list("state").annotate(count=Count("id")))
    return [
        (
            str(state.label),
            Number(
                counts.get(state.value, 0), address("applications:list", cycle=cycle.pk, state=state.value)
            ),
        )
        for state in (
            ApplicationState.SUBMITTED,
            ApplicationState.RETURNED,
            ApplicationState.ACCEPTED,
            ApplicationState.AWARDED,
        )
    ]


def sheets_handed_in(user) -> tuple[int, int] | None:
    """How many of an assessor's score sheets in open cycles are handed in, of how many; None for others."""
    if not has_role(user, Role.ASSESSOR):
        return None
    sheets = ScoreSheet.objects.filter(
        assessor=user, assessment__application__cycle__state=CycleState.OPEN
    ).aggregate(all=Count("id"), handed_in=Count("handed_in_at"))
    return sheets["handed_in"], sheets["all"]


def pointers(user) -> list[tuple[str, str]]:
    """Where those go who look after the system itself, or after single sites: (what they find there, address)."""
    places = [
        (may_administer(user), _("Open and look up accounts"), reverse("accounts:users")),
        (may_administer(user), _("Keep the working calendar"), reverse("notices:calendar")),
        (may_grant_roles(user), _("Give and end roles"), reverse("accounts:users")),
        (may_audit(user), _("Read who did what, and when"), reverse("accounts:audit")),
    ]
    ledgers = [
        (_("Keep the ledgers of %(site)s") % {"site": site}, reverse("sites:detail", args=[site.pk]))
        for site in sites_kept_by(user)
    ]
    return [(text, url) for shown, text, url in places if shown] + ledgers


def unread_messages(user) -> list[Message]:
    return list(Message.objects.visible_to(user).unread()[:UNREAD_SHOWN])


def has_any_role(user) -> bool:
    return bool(role_assignments(user))
