"""What the tests of the year's sections share: asking as a person of a day, and reading what a table says."""

import datetime

from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from dashboard.question import ask
from tests.dashboard.year import TODAY

#: Days of which the year's sections are asked: papers checked, first decisions, reviews under way, the end.
DAYS = [datetime.date(2017, 5, 26), datetime.date(2017, 6, 13), datetime.date(2017, 8, 9), TODAY]


def asked(user, day=None, **query):
    given = QueryDict(mutable=True)
    given.update({key: str(value) for key, value in query.items()})
    if day is not None:
        given["as_of"] = day.isoformat()
    return ask(User.objects.get(pk=user.pk), given)


def figures(section, place=0) -> dict:
    """{row: {column: number or words}} of a table, its totals under "Total"."""
    table = section.tables[place]
    rows = [*table.rows, *([table.total] if table.total else [])]
    return {
        row.label: {
            column: getattr(cell, "count", None) if hasattr(cell, "count") else cell.text
            for column, cell in zip(table.columns, row.numbers, strict=True)
        }
        for row in rows
    }


def day_of(moment) -> datetime.date | None:
    return timezone.localdate(moment) if moment else None


def state_on(log, pk: int, day: datetime.date, start: str) -> str:
    """The state of an object at the end of a day, row by row."""
    state = start
    for row in log.objects.order_by("id"):
        if row.subject_id == pk and day_of(row.at) <= day:
            state = row.to_state
    return state
