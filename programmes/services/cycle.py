"""The year of a programme file: its scheme and approval, the rules of its levels, its dates."""

import datetime

from django.utils.translation import gettext as _

from applications.enums import MilestoneKind
from applications.models import Application, Cycle, LevelRule, Milestone
from programmes.services.desk import Desk
from programmes.services.evaluation import rules_of
from programmes.services.indicators import put_indicator_sets
from sites.models import Category, Programme

#: The approval may be renewed in the middle of a year, and an office moves to another room. How groups work may be
#: settled later too: visits, findings and letters keep what held when they were made.
_RENEWED = (
    *("approval_basis", "approved_by", "approval_number", "approval_valid_until", "contact"),
    *("supervision", "reminders", "publicity", "goals", "warnings"),
)


def put_cycle(desk: Desk, found: dict, programme: Programme) -> Cycle | None:
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
    cycle = desk.put(Cycle, lookup, values, locked=begun, free=_RENEWED)
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


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
