"""The days of a public notice around make-up days, and an objection that comes while the office awards."""

import datetime

import pytest
from django.utils import timezone

from assessments.models import Assessment
from assessments.services import award, object_publicly, publish_notice
from notices.services import seed_calendar
from tests.assessments.test_races import at_once


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        # National Day 2017: 1 to 8 October off, Saturday 30 September worked.
        ("2017-09-28", "2017-10-10"),  # 28, 29, 30 September, 9, 10 October
        ("2017-09-25", "2017-09-29"),
        ("2017-10-01", "2017-10-13"),  # begun on a day off: 9 to 13 October
        # Spring Festival 2018: 15 to 21 February off, Sunday 11 and Saturday 24 February worked.
        ("2018-02-09", "2018-02-14"),  # 9, 11, 12, 13, 14 February
        ("2018-02-14", "2018-02-26"),  # 14, 22, 23, 24, 26 February
        ("2018-02-24", "2018-03-01"),  # 24, 26, 27, 28 February, 1 March
    ],
)
def test_five_working_days(approved, people, on_day, starts_on, ends_on):
    seed_calendar(years=[2017, 2018])
    assessment = approved()
    first = datetime.date.fromisoformat(starts_on)
    on_day(first.year, first.month, first.day)
    notice = publish_notice(actor=people.office, assessment=assessment, starts_on=first)
    assert (notice.working_days, notice.ends_on) == (5, datetime.date.fromisoformat(ends_on))


@pytest.mark.django_db(transaction=True)
def test_an_objection_sent_before_midnight_does_not_slip_past_the_award(noticed, people, on_day):
    """Sent in the last minute of the last day, it waits for the award's lock, or the award for its."""
    assessment = noticed()
    on_day(2017, 5, 31)
    sent = timezone.make_aware(datetime.datetime(2017, 5, 26, 23, 59))
    outcomes = at_once(
        lambda: award(actor=people.office, assessment=Assessment.objects.get(pk=assessment.pk)),
        lambda: object_publicly(notice=assessment.notice, text="数据不实", arrived_at=sent),
    )
    found = Assessment.objects.get(pk=assessment.pk)
    assert sorted(outcomes) == ["done", "refused"]
    assert (found.state, found.notice.objections.count()) == (
        ("awarded", 0) if outcomes[0] == "done" else ("noticed", 1)
    )
