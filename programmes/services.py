"""Load a checked programme file: missing rows are written, differing ones brought up to date, and whatever
applications already rest on is refused, so that a later change never alters an earlier filing."""

import datetime

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.models import Unit
from accounts.names import initials
from accounts.rules import may_administer
from accounts.services import create_unit, record
from applications.enums import CycleState, MilestoneKind
from applications.models import Application, Cycle, LevelRule, Milestone, QuotaPlace
from applications.services import make_places, open_cycle
from notices.services import seed_calendar
from programmes.checks import flat_units
from programmes.desk import Desk, LoadReport
from programmes.evaluation import put_evaluation, rules_of
from programmes.files import ProgrammeFile, read
from programmes.former_days import days_of, keep_former_days
from programmes.indicators import put_indicator_sets
from programmes.task_list import put_tasks
from sites.enums import WhenBelowEnds
from sites.models import Category, Level, Plaque, Programme, Site
from supervision.models import GroupArea, SupervisionGroup
from supervision.services import end_area, give_area

#: The approval may be renewed in the middle of a year, and an office moves to another room. How groups work may be
#: settled later too: visits, findings and letters keep what held when they were made.
RENEWED = (
    *("approval_basis", "approved_by", "approval_number", "approval_valid_until", "contact"),
    *("supervision", "reminders", "publicity", "goals", "warnings"),
)
ENGLISH = ("name_en",)


class ProgrammeFrozen(DomainError):
    """The file would alter what applications were already filed, scored or printed under."""

    def __init__(self, file: ProgrammeFile, refusals: list[str]):
        head = _("%(file)s was not loaded; this cannot be changed any more:") % {"file": file.path.name}
        super().__init__(
            Reason(
                text="\n".join([head, *refusals]),
                remedy=_(
                    "What applications rest on stays. Write the change into the file of a later year; a "
                    "level or category that comes to mean something else gets a new code."
                ),
            )
        )


def load(path, actor=None) -> LoadReport:
    """Read, check and load a programme file, whole or not at all; a second load writes nothing.

    `actor` is None (the installation itself) or a system administrator. Raises ProgrammeFileError for a bad
    file, ProgrammeFrozen for one that would alter a year in which applications were begun.
    """
    return load_file(read(path), actor=actor)


@transaction.atomic
def load_file(file: ProgrammeFile, actor=None) -> LoadReport:
    """Load a file that `programmes.files.read` has checked; see `load`.

    Where a later year of the programme is already there, that year has the say in what all years share
    (units, levels, categories, groups): the earlier file only adds what is missing.
    """
    if actor is not None and not may_administer(actor):
        raise DomainError(Reason(text=_("Only a system administrator may load a programme file.")))
    desk, data = Desk(), file.data
    keep = Cycle.objects.filter(
        programme__code=data["programme"]["code"], year__gt=data["cycle"]["year"]
    ).exists()
    units = _put_units(desk, data["units"], keep)
    programme = _put_programme(desk, data, units, keep)
    days = days_of(Cycle.objects.filter(programme=programme, year=data["cycle"]["year"]).first())
    cycle = _put_cycle(desk, data["cycle"], programme)
    put_tasks(desk, data["cycle"].get("tasks", []), cycle, units)
    put_evaluation(desk, data["cycle"].get("evaluation"), cycle, units, keep)
    if not keep:
        _put_groups(desk, data, programme, units)
    if desk.refusals:
        raise ProgrammeFrozen(file, desk.refusals)
    keep_former_days(cycle, days)
    _lay_places(desk, cycle)
    desk.report.created["calendarday"] += seed_calendar(years=_known_years(cycle.year))
    _open(desk, cycle)
    if desk.report.wrote:
        counts = {"created": dict(+desk.report.created), "changed": dict(+desk.report.changed)}
        record(action="programme.load", actor=actor, obj=programme, unit=programme.owner, **counts)
    return desk.report


# --- what all years share ---------------------------------------------------------------------------------


def _put_units(desk: Desk, tree: list[dict], keep: bool) -> dict[str, Unit]:
    wanted = [found["code"] for found, _parent, _place in flat_units(tree)]
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted).select_related("parent")}
    for found, parent, _place in flat_units(tree):
        above = units[parent["code"]] if parent else None
        units[found["code"]] = _put_unit(desk, found, above, keep, units)
    return units


def _put_unit(desk: Desk, found: dict, parent: Unit | None, keep: bool, known: dict[str, Unit]) -> Unit:
    fields = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "short_name": found.get("short_name", ""),
    }
    if found["code"] not in known:
        desk.report.created["unit"] += 1
        return create_unit(code=found["code"], kind=found["kind"], parent=parent, **fields)
    # A unit's path is in every scope; moving a subtree is a reform of its own, not a line in a file.
    place = {"kind": found["kind"], "parent": parent}
    values = {**fields, "initials": initials(found["name"]), **place}
    free = (*fields, "initials")
    return desk.put(Unit, {"code": found["code"]}, values, locked=True, free=free, keep=keep, known=known)


def _put_programme(desk: Desk, data: dict, units: dict[str, Unit], keep: bool) -> Programme:
    found = data["programme"]
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "owner": units[found["owner"]],
        "figures": found.get("figures", []),
        "area_figures": found.get("area_figures", []),
        "ratios": found.get("ratios", []),
        "kept_since": _first_day(found["code"], data["cycle"]["year"]),
    }
    # Forms under way print the figures, and the stamped scan carries the hash of what was printed.
    under_way = Application.objects.on_the_way().filter(cycle__programme__code=found["code"]).exists()
    programme = desk.put(
        Programme,
        {"code": found["code"]},
        values,
        locked=under_way,
        free=("name", "kept_since", "area_figures", "ratios", *ENGLISH),
        keep=keep,
    )
    for level in data["levels"]:
        _put_level(desk, level, programme, keep)
    for order, category in enumerate(data["categories"]):
        _put_category(desk, category, order, programme, keep)
    return programme


def _first_day(programme_code: str, year: int) -> datetime.date:
    """The first day of the first year of a programme that is run here."""
    years = Cycle.objects.filter(programme__code=programme_code).values_list("year", flat=True)
    return datetime.date(min([year, *years]), 1, 1)


def _put_level(desk: Desk, found: dict, programme: Programme, keep: bool) -> None:
    lookup = {"programme": programme, "code": found["code"]}
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "rank": found["rank"],
        "awarded_by": found["awarded_by"],
        "plaque_number": found["plaque_number"],
        "validity_months": found.get("validity_months"),
        "when_below_ends": found.get("when_below_ends", WhenBelowEnds.KEEP),
    }
    filed = Application.objects.filter(level__programme=programme, level__code=found["code"])
    plaques = Plaque.objects.filter(level__programme=programme, level__code=found["code"])
    # Numbers once given stay as they are; the pattern may change when no award is pending.
    free = ENGLISH if filed.on_the_way().exists() else (*ENGLISH, "plaque_number")
    used = filed.exists() or plaques.exists()
    desk.put(Level, lookup, values, locked=used, free=free, keep=keep)


def _put_category(desk: Desk, found: dict, order: int, programme: Programme, keep: bool) -> None:
    lookup = {"programme": programme, "code": found["code"]}
    values = {
        "name": found["name"],
        "name_en": found.get("name_en", ""),
        "mark": found.get("mark", ""),
        "order": order,
    }
    sites = Site.objects.filter(category__programme=programme, category__code=found["code"])
    filed = Application.objects.filter(site__in=sites)
    free = (*ENGLISH, "order") if filed.on_the_way().exists() else (*ENGLISH, "order", "mark")
    used = filed.exists() or Plaque.objects.filter(site__in=sites).exists()
    desk.put(Category, lookup, values, locked=used, free=free, keep=keep)


def _put_groups(desk: Desk, data: dict, programme: Programme, units: dict[str, Unit]) -> None:
    """The groups and their areas; a group the leadership office has changed by hand stays as it is."""
    since = datetime.date.fromisoformat(data["cycle"]["scheme"]["issued_on"])
    by_hand = set(programme.supervision_groups.exclude(edited_at=None).values_list("code", flat=True))
    kept = []
    for found in data.get("supervision_groups", []):
        values = {
            "name": found["name"],
            "name_en": found.get("name_en", ""),
            "leader": found["leader"],
            "sections": found.get("sections", []),
        }
        lookup = {"programme": programme, "code": found["code"]}
        group = desk.put(SupervisionGroup, lookup, values, keep=found["code"] in by_hand)
        if found["code"] not in by_hand:
            kept += [(group.pk, units[code].pk) for code in found["areas"]]
    given = GroupArea.objects.filter(group__programme=programme, group__edited_at=None)
    present = list(
        given.not_over(max(since, clock.today())).select_related("group__programme__owner", "area")
    )
    for group_area in present:
        gone = (group_area.group_id, group_area.area_id) not in kept
        if gone:
            end_area(actor=None, group_area=group_area, valid_to=since)
        desk.count(group_area, changed=gone)
    _give_areas(desk, kept, {(row.group_id, row.area_id) for row in present}, since)


def _give_areas(desk: Desk, wanted: list[tuple[int, int]], present: set, since: datetime.date) -> None:
    for group_id, area_id in wanted:
        if (group_id, area_id) not in present:
            group, area = SupervisionGroup.objects.get(pk=group_id), Unit.objects.get(pk=area_id)
            give_area(group=group, area=area, valid_from=since)
            desk.report.created["grouparea"] += 1


# --- the year ---------------------------------------------------------------------------------------------


def _put_cycle(desk: Desk, found: dict, programme: Programme) -> Cycle | None:
    scheme, approval = found["scheme"], found.get("approval", {})
    values = {
        "scheme_title": scheme["title"],
        "scheme_number": scheme["number"],
        "scheme_issued_on": datetime.date.fromisoformat(scheme["issued_on"]),
        "approval_basis": approval.get("basis", ""),
        "approved_by": approval.get("authority", ""),
        "approval_number": approval.get("number", ""),
        "approval_valid_until": _day(approval.get("valid_until")),
        "form": found["form"],
        "correction_working_days": found["correction_working_days"],
        "notice_working_days": found["notice_working_days"],
        "articles": found.get("articles", {}),
        "contact": found.get("contact", {}),
        "review": found.get("review", {}),
        "supervision": found.get("supervision", {}),
        "reminders": found.get("reminders", {}),
        "publicity": found.get("publicity", {}),
        "goals": found.get("goals", {}),
        "warnings": found.get("warnings", {}),
        "evaluation": rules_of(found.get("evaluation"), found.get("articles", {})),
    }
    lookup = {"programme": programme, "year": found["year"]}
    begun = Application.objects.filter(cycle__programme=programme, cycle__year=found["year"]).exists()
    cycle = desk.put(Cycle, lookup, values, locked=begun, free=RENEWED)
    _put_level_rules(desk, found["level_rules"], cycle, begun)
    _put_milestones(desk, found, cycle, begun)
    put_indicator_sets(desk, found.get("indicator_sets", []), cycle)
    return cycle


def _put_level_rules(desk: Desk, rules: list[dict], cycle: Cycle, locked: bool) -> None:
    levels = {level.code: level for level in cycle.programme.levels.all()}
    categories = {category.code: category for category in cycle.programme.categories.all()}
    for found in rules:
        values = {
            "quota": found.get("quota"),
            "required_level": levels.get(found.get("required_level")),
            "required_months": found.get("required_months", 0),
            "suspended_time_counts": found.get("suspended_time_counts", False),
            "steps": found.get("steps", []),
        }
        lookup = {"cycle": cycle, "level": levels[found["level"]]}
        rule = desk.put(LevelRule, lookup, values, locked=locked)
        if rule is not None:
            _offer(desk, rule, {categories[code] for code in found["categories"]}, locked)
    named = [found["level"] for found in rules]
    desk.prune(cycle.level_rules.exclude(level__code__in=named), locked=locked)


def _offer(desk: Desk, rule: LevelRule, wanted: set[Category], locked: bool) -> None:
    """Set the categories a level is offered for."""
    present = set(rule.categories.all())
    if present == wanted:
        return
    if locked:
        desk.refuse(rule, _("%(name)s differs") % {"name": "categories"})
        return
    rule.categories.set(wanted)
    if present:
        desk.count(rule, changed=True)


def _put_milestones(desk: Desk, found: dict, cycle: Cycle, begun: bool) -> None:
    articles, milestones = found.get("articles", {}), found.get("milestones", [])
    for milestone in milestones:
        values = {
            "kind": milestone["kind"],
            "name": milestone["name"],
            "name_en": milestone.get("name_en", ""),
            "starts_on": _day(milestone.get("starts_on")),
            "due_on": _day(milestone["due_on"]),
            "rolls_forward": milestone.get("rolls_forward", False),
            "remind_before": milestone.get("remind_before", []),
            "article": articles.get(milestone.get("article"), ""),
        }
        # A meeting may be put off; the last day for filing decided who was in time, and stays.
        filing = milestone["kind"] == MilestoneKind.APPLICATIONS_DUE
        lookup = {"cycle": cycle, "code": milestone["code"]}
        free = ("name", "name_en", "remind_before")
        desk.put(Milestone, lookup, values, locked=begun and filing, free=free)
    gone = cycle.milestones.exclude(code__in=[milestone["code"] for milestone in milestones])
    desk.prune(gone.filter(kind=MilestoneKind.APPLICATIONS_DUE), locked=begun)
    desk.prune(gone.exclude(kind=MilestoneKind.APPLICATIONS_DUE), locked=False)


def _lay_places(desk: Desk, cycle: Cycle) -> None:
    """Lay out the quota places; a quota lowered before anybody began takes its surplus places away."""
    for rule in cycle.level_rules.all():
        surplus = QuotaPlace.objects.filter(cycle=cycle, level=rule.level, is_extra=False, application=None)
        desk.prune(surplus.filter(ordinal__gt=rule.quota or 0), locked=False)
    desk.report.created["quotaplace"] += make_places(cycle=cycle)


def _open(desk: Desk, cycle: Cycle) -> None:
    """Open a new cycle whose approval is known; without one it waits, prepared."""
    if cycle.state == CycleState.PREPARED and cycle.approval_basis:
        open_cycle(actor=None, cycle=cycle)
        desk.count(cycle, changed=True)


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _known_years(year: int) -> list[int]:
    """The years around a cycle of which the working calendar is published."""
    known = {day.year for day in chinese_calendar.holidays}
    return [near for near in range(year - 2, year + 3) if near in known]
