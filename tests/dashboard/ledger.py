"""What the tests of the sections on the ledger share: who asks what, and tables as plain dictionaries."""

import pytest

from accounts.enums import Role
from accounts.models import User
from dashboard.question import ask
from dashboard.tables import Number
from tests.dashboard import history
from tests.dashboard.history import TODAY


@pytest.fixture
def story(xiangtan, people, make_site, make_user):
    return history.play(xiangtan, people, make_site, make_user)


@pytest.fixture
def asked(people, xiangtan, make_user):
    """asked("leader", MIDDLE, area="湘潭县"): what a person asks, of a past day or (TODAY) of today."""
    province = make_user("province", Role.LEADER, xiangtan.city.parent)
    known = {"leader": people.leader, "county": people.county, "province": province}

    def do(who, day=TODAY, **given):
        query = {key: str(value.pk) for key, value in given.items()}
        if day != TODAY:
            query["as_of"] = day.isoformat()
        question = ask(User.objects.get(pk=known[who].pk), query)
        assert question.day == day
        return question

    return do


def ask_alike(user, query: dict[str, str]):
    """What the address of a number asks for a person; all numbers that ask alike share one question."""
    known = user.__dict__.setdefault("_asked_before", {})
    key = tuple(query.get(name) for name in ("cycle", "area", "category", "level", "as_of"))
    if key not in known:
        known[key] = ask(user, query)
    return known[key]


def grid(table) -> dict:
    """{(row, column): what is shown} of a table, totals included, zeros left out."""
    lines = (*table.rows, *([table.total] if table.total else []))
    return {
        (line.label, column): cell.count if cell.amount is None else (cell.count, cell.amount)
        for line in lines
        for column, cell in zip(table.columns, line.numbers, strict=True)
        if isinstance(cell, Number) and cell.count
    }


def numbers(section) -> list[Number]:
    """Every number of a section that is more than nothing."""
    lines = [
        line for table in section.tables for line in (*table.rows, *([table.total] if table.total else []))
    ]
    return [cell for line in lines for cell in line.numbers if isinstance(cell, Number) and cell.count]


def words(table) -> dict:
    """{row: (words, share)} of the last column."""
    lines = (*table.rows, *([table.total] if table.total else []))
    return {line.label: (line.numbers[-1].text, line.numbers[-1].share) for line in lines}
