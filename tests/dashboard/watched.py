"""What the tests of the early warnings share: sites that hold a plaque, and what is held against them."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.models import Cycle
from assessments.models import Assessment, IndicatorSet
from publicity.models import Coverage
from sites.models import Plaque
from supervision.models import Escalation, Finding, SupervisionGroup

AWARDED = datetime.date(2016, 11, 20)


@pytest.fixture
def limits(xiangtan):
    """limits(quiet_days=90): only these are looked at."""

    def do(**warnings):
        Cycle.objects.filter(pk=xiangtan.cycle.pk).update(warnings=warnings)

    return do


@pytest.fixture
def holder(xiangtan, make_site):
    """holder("甲"): a site that has held the city's plaque since a day."""

    def make(name="同心社区甲", since=AWARDED, **fields):
        site = make_site(name, **fields)
        Plaque.objects.create(
            site=site,
            level=xiangtan.levels["city"],
            number=f"潭同社〔2016〕{site.pk}号",
            awarded_on=since,
            origin="awarded",
        )
        return site

    return make


@pytest.fixture
def scored(xiangtan, file):
    """scored(site, "city", "88.00", DAY): a closed assessment; `most` other points could be had."""

    def do(site, level, score, closed_on, state="passed", most=None):
        found = IndicatorSet.objects.get(category=site.category)
        if most is not None:
            found = IndicatorSet.objects.create(
                programme=found.programme,
                category=found.category,
                from_year=2018,
                version="2018",
                name="另一套",
                pass_mark=60,
            )
            found.indicators.create(code="a", name="甲", kind="scored", points=most, order=1)
        return Assessment.objects.create(
            application=file(site, level, "awarded"),
            indicator_set=found,
            state=state,
            started_at=timezone.now(),
            score=Decimal(score),
            closed_at=datetime.datetime(*closed_on.timetuple()[:3], 10, tzinfo=datetime.UTC),
        )

    return do


def late_finding(cycle, people, site, due_on) -> Finding:
    finding = Finding.objects.create(
        number=f"F-{Finding.objects.count() + 1}",
        group=SupervisionGroup.objects.get(areas__area=site.area),
        cycle=cycle,
        area=site.area,
        unit=site.unit,
        site=site,
        owner=site.area,
        kind="defect",
        severity="major",
        severity_name="较重",
        text="活动室漏雨",
        due_on=due_on,
        first_due_on=due_on,
        recorded_by=people.office,
        recorded_at=timezone.now(),
    )
    Escalation.objects.create(finding=finding)
    return finding


def piece(site, published_on, **fields) -> Coverage:
    return Coverage.objects.create(
        programme=site.programme,
        area=site.area,
        site=site,
        medium="web",
        outlet_level="city",
        outlet="某网",
        published_on=published_on,
        title="同心社区办实事",
        fingerprint="x",
        recorded_at=timezone.now(),
        **fields,
    )
