"""What was known at the end of the day a question asks about, as parts of queries: one row of a log decides."""

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import TransitionLog
from dashboard.question import Question
from sites.models import SiteRecord


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
