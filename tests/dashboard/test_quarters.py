"""The results of quarterly evaluation on the overview."""

import datetime

from django.utils import translation

from accounts import clock
from dashboard.sections import quarters
from tests.assessments.evaluation.conftest import county, first, play  # noqa: F401
from tests.dashboard.year_figures import asked


def test_quarterly_results_as_closed_by_the_day(county, first):  # noqa: F811
    """The quarter was closed on 10 April."""
    first.send(1)
    first.close(1)
    translation.activate("en")
    clock.set_today(datetime.date(2023, 5, 2))
    section = quarters.section(asked(county.leader))
    rows = {row.label: row.numbers for table in section.tables for row in table.rows}
    expected = {str(one.unit): one for one in first.quarter(1).units.select_related("unit")}
    assert set(rows) == set(expected)
    for label, (points, rank, together) in rows.items():
        assert (points.count, points.amount) == (1, expected[label].total)
        assert rank.text == str(expected[label].rank)
        assert together.amount == points.amount
    assert quarters.section(asked(county.leader, datetime.date(2023, 4, 9))) is None
    assert len(quarters.section(asked(county.leader, datetime.date(2023, 4, 10))).tables) == len(
        section.tables
    )
