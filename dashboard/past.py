"""What was known at the end of the day a question asks about, as parts of queries: one row of a log decides."""

from collections.abc import Iterable
from dataclasses import replace

from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from accounts.models import TransitionLog
from applications.models import Milestone
from dashboard.question import Question
from sites.models import SiteRecord
from supervision.meeting_kinds import MeetingKind, former_code, kinds_of
from supervision.models import FindingDay, TaskDay


def steps_by_then(
    question: Question, log: type[TransitionLog], subject: str = "subject", **steps
) -> QuerySet:
    """The rows of the log of the object around a subquery, written by the end of the day, the last one first."""
    rows = log.objects.filter(**{subject: OuterRef("pk")}, at__lte=question.moment, **steps)
    return rows.order_by("-id")


def state_then(question: Question, log: type[TransitionLog], first: str):
    """The state an object had; `first` is the one it begins with, before there is a row in its log."""
    if not question.is_past:
        return F("state")
    return Coalesce(Subquery(steps_by_then(question, log).values("to_state")[:1]), Value(first))


def reached_by_then(
    question: Question, log: type[TransitionLog], state: str, subject: str = "subject"
) -> Exists:
    """Whether an object had come to a state, wherever it went afterwards."""
    return Exists(steps_by_then(question, log, subject, to_state=state))


def due_then(question: Question, days: type[FindingDay] | type[TaskDay], subject: str):
    """The day by which a finding or task was due; `days` are those it had before, `subject` their path to it."""
    if not question.is_past:
        return F("due_on")
    later = days.objects.filter(**{subject: OuterRef("pk")}, until__gt=question.moment)
    return Coalesce(Subquery(later.order_by("until", "pk").values("due_on")[:1]), F("due_on"))


def milestones_then(question: Question, rows: Iterable[Milestone]) -> list[Milestone]:
    """Dates of the scheme with the days they had, in their order."""
    found = list(rows)
    for row in found:
        if before := question.former_days.get(row.code):
            row.due_on, row.rolls_forward = before.due_on, before.rolls_forward
    return sorted(found, key=lambda row: (row.due_on, row.pk))


def meeting_kinds_then(question: Question) -> list[MeetingKind]:
    """The kinds of meeting of the scheme with the last days they had."""
    found = []
    for kind in kinds_of(question.cycle):
        before = question.former_days.get(former_code(kind.code))
        found.append(replace(kind, due_on=before.due_on) if before else kind)
    return found


def site_name_then(question: Question, site: str = "site"):
    """The name a site had; `site` is the path to it (“pk” from the site itself). Before the first record its present
    one."""
    present = F("name" if site == "pk" else f"{site}__name")
    if not question.is_past:
        return present
    known = SiteRecord.objects.at(question.moment).filter(site=OuterRef(site)).order_by("-id")
    name = Subquery(known.annotate(name=KT("shown__name")).values("name")[:1])
    return Coalesce(name, present, output_field=CharField())


def with_day(question: Question, rows: QuerySet) -> QuerySet:
    """Rows that carry the day they are seen from as `asked_on`, for columns that count days."""
    return rows.annotate(asked_on=Value(question.day, output_field=DateField()))


def in_category(question: Question, site: str = "site") -> Q:
    """Rows whose site was of the category asked for, if one was; `site` is the path to it."""
    if question.category is None:
        return Q()
    if not question.is_past:
        return Q(**{f"{site}__category": question.category})
    known = SiteRecord.objects.at(question.moment).filter(category=question.category)
    return Q(**{f"{site}__in": known.values("site")})
