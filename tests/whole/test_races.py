"""Two people at the same moment, with real threads and connections of their own: exactly one gets it."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts import clock
from accounts.errors import DomainError
from applications.models import Application, QuotaPlace
from applications.services import accept, refuse, return_for_correction, start_application, submit
from notices.models import Digest, Message, Reminder
from notices.tasks import send_reminders
from sites.models import Plaque
from sites.services import award_own_plaque
from tests.applications.conftest import draft, fill  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*steps):
    """Run the steps in threads that start together; returns each one's result or its DomainError."""
    barrier = Barrier(len(steps))

    def run(step):
        try:
            barrier.wait(timeout=10)
            return step()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


def refusals(results) -> int:
    return sum(isinstance(result, DomainError) for result in results)


def test_the_last_place_goes_to_exactly_one(draft, fill, people):  # noqa: F811
    applications = [fill(draft(name), people.county) for name in ("甲", "乙", "丙", "丁")]
    results = at_once(*(lambda a=a: submit(actor=people.county, application=a) for a in applications))
    assert refusals(results) == 3
    assert Application.objects.filter(state="submitted").count() == 1
    assert QuotaPlace.objects.exclude(application=None).count() == 1


def test_a_double_click_submits_once(draft, fill, people):  # noqa: F811
    application = fill(draft(), people.county)
    results = at_once(*[lambda: submit(actor=people.county, application=Application.objects.get())] * 2)
    assert refusals(results) == 1
    assert application.versions.count() == 1
    assert Message.objects.filter(recipient=people.office).count() == 1


def test_of_two_officers_deciding_at_once_one_is_told_it_is_too_late(draft, fill, people):  # noqa: F811
    application = submit(actor=people.county, application=fill(draft(), people.county))
    results = at_once(
        lambda: accept(actor=people.office, application=Application.objects.get(pk=application.pk)),
        lambda: refuse(
            actor=people.office, application=Application.objects.get(pk=application.pk), reason="否"
        ),
        lambda: return_for_correction(
            actor=people.office, application=Application.objects.get(pk=application.pk), reason="补"
        ),
    )
    assert refusals(results) == 2
    assert application.log.count() == 2


def test_two_clerks_starting_the_same_application_share_one_draft(draft, people, xiangtan):  # noqa: F811
    site = draft().site
    Application.objects.all().delete()
    results = at_once(
        *[lambda: start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])] * 3
    )
    assert refusals(results) == 0
    assert Application.objects.count() == 1


def test_plaques_awarded_at_once_have_neither_gaps_nor_doubles(make_site, people, xiangtan):
    sites = [make_site(f"示范点{number}") for number in range(12)]
    level = xiangtan.levels["county"]
    results = at_once(
        *(
            lambda s=s: award_own_plaque(actor=people.county, site=s, level=level, reason="文件")
            for s in sites
        )
    )
    assert refusals(results) == 0
    numbers = sorted(int(plaque.number.split("〕")[1].rstrip("号")) for plaque in Plaque.objects.all())
    assert numbers == list(range(1, 13))


def test_reminders_sent_by_four_workers_at_once_arrive_once(people):
    """On 26 May the last three working days before 31 May have begun: both counties, and the office for six others."""
    clock.set_today(datetime.date(2017, 5, 26))
    digests = at_once(*[send_reminders] * 4)
    assert sum(digests) == 3
    assert (
        Message.objects.values_list("recipient__username").distinct().count() == Message.objects.count() == 3
    )
    assert Digest.objects.exclude(message=None).count() == 3
    assert set(Reminder.objects.values_list("state", flat=True)) == {"delivered"}
    assert Reminder.objects.filter(kind="application").count() == 8
