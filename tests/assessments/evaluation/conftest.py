"""The small county of tests/data/evaluation.yaml, whose units are evaluated by the quarter."""

import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from applications.models import Cycle
from assessments.models import DutyPoints, Evaluation, TalkProposal, UnitEvaluation
from assessments.services import evaluation_talks as talks
from assessments.services import evaluations as services
from assessments.services.evaluation_points import score_duty
from programmes.files import read
from programmes.services import load_file

FILE = Path(__file__).parents[2] / "data" / "evaluation.yaml"
#: When a quarter's points are sent; the three working days to answer end on the second day, closing is on the third.
SENT = {1: (4, 3, 7, 10), 2: (7, 3, 6, 7), 3: (10, 9, 12, 13), 4: (12, 25, 28, 29)}


@cache
def small_file():
    return read(FILE)


@pytest.fixture
def county(db, make_user) -> SimpleNamespace:
    """The small county on 1 March 2023 with an office, a leader, and staff of each unit (`staff["a1"]`)."""
    clock.set_today(datetime.date(2023, 3, 1))
    load_file(small_file())
    cycle = Cycle.objects.get(programme__code="quarterly")
    units = {unit.code: unit for unit in Unit.objects.all()}
    owner = units["smallcounty"]
    return SimpleNamespace(
        cycle=cycle,
        owner=owner,
        units=units,
        quarters={one.quarter: one for one in cycle.evaluations.select_related("cycle__programme__owner")},
        office=make_user("e-office", Role.OFFICE, owner),
        leader=make_user("e-leader", Role.LEADER, owner),
        staff={
            code: make_user(f"staff-{code}", Role.UNIT_STAFF, units[code])
            for code in ("a1", "a2", "a3", "b1")
        },
    )


class Play:
    """Plays quarters of the small county by the services, as its people would."""

    def __init__(self, county):
        self.county = county

    def row(self, quarter: int, unit: str) -> UnitEvaluation:
        return UnitEvaluation.objects.select_related(
            "unit", "unit_class", "evaluation__cycle__programme__owner"
        ).get(evaluation__quarter=quarter, evaluation__cycle=self.county.cycle, unit__code=unit)

    def quarter(self, number: int) -> Evaluation:
        return Evaluation.objects.select_related("cycle__programme__owner").get(
            cycle=self.county.cycle, quarter=number
        )

    def duty(self, code: str):
        return self.quarter(int(code[0])).duties.get(code=code)

    def talk(self, unit: str) -> TalkProposal:
        return TalkProposal.objects.select_related("cycle__programme__owner", "unit", "unit_class").get(
            unit__code=unit
        )

    def give(self, code: str, entries: dict[str, tuple]) -> None:
        """give("1.1", {"a1": ("10", "2023-03-15", "")}): points, day done (None: not done), reason."""
        quarter, duty = int(code[0]), self.duty(code)
        clock.set_today(datetime.date(2023, *SENT[quarter][:2]))
        score_duty(
            actor=self.county.office,
            evaluation=self.quarter(quarter),
            duty=duty,
            entries={
                self.row(quarter, unit).pk: {
                    "points": Decimal(points),
                    "done_on": done_on and datetime.date.fromisoformat(done_on),
                    "reason": reason,
                    "seen": self.seen(quarter, unit, duty),
                }
                for unit, (points, done_on, reason) in entries.items()
            },
        )

    def seen(self, quarter: int, unit: str, duty) -> int:
        last = DutyPoints.objects.filter(unit_evaluation=self.row(quarter, unit), duty=duty).last()
        return last.pk if last else 0

    def send(self, number: int) -> None:
        clock.set_today(datetime.date(2023, *SENT[number][:2]))
        services.send_quarter(actor=self.county.office, evaluation=self.quarter(number))

    def close(self, number: int) -> None:
        """Close on the day after the last day to answer: silence has confirmed."""
        month, _sent, _last, closed = SENT[number]
        clock.set_today(datetime.date(2023, month, closed))
        talks.close_quarter(actor=self.county.office, evaluation=self.quarter(number))

    def totals(self, number: int) -> dict[str, tuple[str, int]]:
        rows = self.quarter(number).units.select_related("unit")
        return {row.unit.code: (str(row.total), row.rank) for row in rows}


@pytest.fixture
def play(county) -> Play:
    return Play(county)


EVERYTHING = ("10", "2023-06-20", "")
EACH = ("a1", "a2", "a3", "b1", "b2", "c1", "c2", "c3")


@pytest.fixture
def first(play) -> Play:
    """The first quarter with all its points, not sent yet."""
    # 1.1 due on 20 March: five days early +1, in time +0.5, late nothing; not full: nothing.
    play.give(
        "1.1",
        {
            "a1": ("10", "2023-03-15", ""),  # 10 + 1
            "a2": ("10", "2023-03-16", ""),  # 10 + 0.5
            "a3": ("8", "2023-03-10", "记录不全"),  # 8, no bonus
            "b1": ("10", "2023-03-21", ""),  # 10, late
            "b2": ("0", None, "未开展"),  # 0
            "c1": ("10", "2023-03-20", ""),  # 10 + 0.5
            "c2": ("10", "2023-03-19", ""),  # 10 + 0.5
            "c3": ("9.5", "2023-03-01", "缺签到"),  # 9.5
        },
    )
    play.give(
        "1.2",
        {
            "a1": ("5", "2023-03-26", ""),  # 5 + 1, capped at 1.5 together
            "a2": ("5", "2023-03-31", ""),  # 5 + 0.5
            "a3": ("5", "2023-03-01", ""),  # 5 + 1
            "b1": ("5", "2023-03-31", ""),  # 5 + 0.5
            "b2": ("5", "2023-03-31", ""),  # 5 + 0.5
        },
    )
    return play
