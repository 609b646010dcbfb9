"""Rows written straight into the database, so that the figures are known from the start."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from applications.models import Application, QuotaPlace
from tests.dashboard.ledger import asked, story  # noqa: F401 - fixtures
from tests.dashboard.watched import holder, limits, scored  # noqa: F401 - fixtures


@pytest.fixture
def client_of():
    """client_of(user): a browser in which the person has signed in, in English."""

    def do(user):
        client = Client(headers={"accept-language": "en"})
        client.force_login(user)
        client.cookies["django_language"] = "en"
        return client

    return do


@pytest.fixture
def file(xiangtan, people):
    """file(site, "city", "submitted"): an application in a state, with its quota place if it has one."""

    def do(site, level="city", state="submitted", **fields):
        filed = None if state == "draft" else timezone.now()
        application = Application.objects.create(
            cycle=xiangtan.cycle,
            site=site,
            level=xiangtan.levels[level],
            area=site.area,
            number=f"test-{Application.objects.count() + 1:04d}",
            state=state,
            created_by=people.county,
            created_at=timezone.now(),
            filed_first_at=filed,
            submitted_at=filed,
            **fields,
        )
        if state in ("submitted", "returned", "accepted", "awarded", "declined"):
            free = QuotaPlace.objects.filter(area=site.area, level__code=level, application=None)
            QuotaPlace.objects.filter(pk__in=free[:1]).update(application=application)
        return application

    return do


@pytest.fixture
def day():
    return lambda text: datetime.date.fromisoformat(text)
