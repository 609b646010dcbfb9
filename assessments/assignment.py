"""The automatic assignment: who would assess which application, why, and who may not.

Whoever has the fewest sheets of the year comes first; a person of the same unit as another assessor of the
application counts as having one sheet more. Equals are drawn by a hash of application and person: everybody can draw
again and gets the same, and nobody can be favoured.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.errors import Reason
from accounts.models import User
from accounts.scope import bring_roles
from accounts.selectors import users_with_role
from applications.models import Cycle
from assessments.models import Assessment, Recusal, ScoreSheet
from assessments.rules import why_not_assessor


@dataclass(frozen=True)
class Choice:
    """A person chosen for an application, and why in words."""

    assessor: User
    because: str


@dataclass(frozen=True)
class Refused:
    """A person who may not assess an application, and why."""

    assessor: User
    reason: Reason


@dataclass(frozen=True)
class Plan:
    """What the automatic assignment would do for one application. `sheets` are those it has already."""

    assessment: Assessment
    sheets: Sequence[ScoreSheet]
    chosen: Sequence[Choice]
    refused: Sequence[Refused]

    @property
    def wanted(self) -> int:
        return self.assessment.indicator_set.assessors

    @property
    def missing(self) -> int:
        """How many assessors the application still lacks after this."""
        return max(0, self.wanted - len(self.sheets) - len(self.chosen))


def plan_assignments(cycle: Cycle, assessments: Sequence[Assessment]) -> list[Plan]:
    """Plan the assignment of assessments of one cycle, in the order of their numbers; seven queries.

    Each choice counts for the next, so the sheets are spread evenly over the people.
    """
    people = list(users_with_role(Role.ASSESSOR, cycle.programme.owner).select_related("unit").order_by("pk"))
    bring_roles(people)
    sheets = _by_assessment(
        ScoreSheet.objects.filter(assessment__in=assessments).select_related("assessor__unit")
    )
    recusals = _by_assessment(Recusal.objects.filter(assessment__in=assessments))
    loads = _loads(cycle)
    plans = []
    for assessment in sorted(assessments, key=lambda each: each.application.number):
        plan = _plan(
            assessment, people, sheets.get(assessment.pk, []), recusals.get(assessment.pk, []), loads
        )
        loads.update(choice.assessor.pk for choice in plan.chosen)
        plans.append(plan)
    return plans


def fingerprint(plans: Sequence[Plan]) -> str:
    """Names a plan, to notice that another would be carried out than was looked at."""
    text = ";".join(
        f"{plan.assessment.pk}:{','.join(str(choice.assessor.pk) for choice in plan.chosen)}"
        for plan in plans
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _plan(assessment, people, sheets, recusals, loads) -> Plan:
    assigned = {sheet.assessor_id for sheet in sheets}
    free, refused = [], []
    for person in people:
        if person.pk in assigned:
            continue
        reason = why_not_assessor(person, assessment, recusals=recusals)
        if reason:
            refused.append(Refused(person, reason))
        else:
            free.append(person)
    units = {sheet.assessor.unit_id for sheet in sheets}
    chosen = []
    while free and len(sheets) + len(chosen) < assessment.indicator_set.assessors:
        choice = _choose(assessment, free, units, loads)
        free.remove(choice.assessor)
        units.add(choice.assessor.unit_id)
        chosen.append(choice)
    return Plan(assessment, sheets, chosen, refused)


def _choose(assessment: Assessment, free: list[User], units: set, loads: Counter) -> Choice:
    def weight(person) -> tuple:
        shared = person.unit_id is not None and person.unit_id in units
        return (loads[person.pk] + shared, shared)

    best = min(map(weight, free))
    equal = [person for person in free if weight(person) == best]
    chosen = min(equal, key=lambda person: _lot(assessment, person))
    load, fewest = loads[chosen.pk], min(loads[person.pk] for person in free)
    if load == fewest:
        words = _("Automatic: %(load)s sheets this year, the fewest of %(free)s people free.") % {
            "load": load,
            "free": len(free),
        }
    else:
        words = _("Automatic: %(load)s sheets this year, and of another unit than the other assessors.") % {
            "load": load
        }
    if len(equal) > 1:
        words += " " + _("Drawn by lot among %(count)s equals.") % {"count": len(equal)}
    return Choice(chosen, words)


def _lot(assessment: Assessment, person: User) -> str:
    text = f"{assessment.application.number}/{person.username}"
    return hashlib.sha256(text.encode()).hexdigest()


def _loads(cycle: Cycle) -> Counter:
    """How many sheets of a cycle each person has been given, handed in or not."""
    rows = ScoreSheet.objects.filter(assessment__application__cycle=cycle).order_by().values_list("assessor")
    return Counter(dict(rows.annotate(count=Count("pk"))))


def _by_assessment(rows) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in rows:
        found.setdefault(row.assessment_id, []).append(row)
    return found
