"""Applications accepted, assessed and decided, as the people of the programme do it."""

import datetime
import itertools
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts import clock
from accounts.models import User
from applications.content import form_fields
from applications.enums import ApplicationState
from applications.models import Application
from applications.services import accept, save_form, start_application, submit
from assessments.enums import IndicatorKind
from assessments.models import Assessment, IndicatorSet, ScoreSheet
from assessments.scoring import COUNTED
from assessments.services import (
    assign_assessor,
    close_assessment,
    deliberate,
    hand_in_sheet,
    open_assessment,
    publish_notice,
    save_sheet,
)
from sites.services import award_own_plaque, confirm_plaque, register_plaque
from tests.applications.conftest import confirm, png


@pytest.fixture
def again():
    """again(user): the person as the next request would meet him or her, with roles not yet read."""
    return lambda user: User.objects.get(pk=user.pk)


@pytest.fixture
def with_county_plaque(xiangtan, people, make_site):
    """A site of 湘潭县 that holds the county's plaque since today."""

    def make(name="同心社区甲", **fields):
        site = make_site(name, **fields)
        award_own_plaque(
            actor=people.county, site=site, level=xiangtan.levels["county"], reason="县委统战部文件"
        )
        return site

    return make


@pytest.fixture
def accepted(xiangtan, people, with_county_plaque):
    """An application of 湘潭县, filed and accepted: accepted("同心社区甲", level="city")."""

    def make(name="同心社区甲", level="city", **fields):
        site = with_county_plaque(name, **fields)
        if level == "province":
            plaque = register_plaque(
                actor=people.county,
                site=site,
                level=xiangtan.levels["city"],
                number="潭同社〔2015〕8号",
                awarded_on=datetime.date(2015, 11, 20),
                paper=png(),
            )
            confirm_plaque(actor=people.office, plaque=plaque)
        application = start_application(actor=people.county, site=site, rule=xiangtan.rules[level])
        text = {field["code"]: "组织健全，活动经常。" for field in form_fields(application)}
        save_form(actor=people.county, application=application, revision=1, data=text)
        application.refresh_from_db()
        confirm(people.county, application)
        submit(actor=people.county, application=application)
        application.refresh_from_db()
        accept(actor=people.office, application=application)
        return Application.objects.get(pk=application.pk)

    return make


@pytest.fixture
def opened(accepted, people):
    """An open assessment, assigned to the people named: opened(people.assessor, level="city")."""

    def make(*assessors, **fields):
        assessment = open_assessment(actor=people.office, application=accepted(**fields))
        for assessor in assessors:
            assign_assessor(actor=people.office, assessment=assessment, assessor=assessor)
        return assessment

    return make


@pytest.fixture
def score():
    """score(sheet, "86.5"): points line by line up to the total, zero on the rest; handed in at once."""

    def do(sheet: ScoreSheet, total: str, *, vetoes=(), hand_in=True) -> ScoreSheet:
        left, lines = Decimal(total), {}
        for indicator in sheet.assessment.indicator_set.indicators.all():
            if indicator.kind in COUNTED:
                points = min(indicator.points, left)
                if indicator.kind == IndicatorKind.YES_NO and points < indicator.points:
                    points = Decimal(0)
                left -= points
                lines[indicator.pk] = {"points": points, "veto": False, "evidence": ""}
            elif indicator.is_veto:
                lines[indicator.pk] = {"points": None, "veto": indicator.code in vetoes, "evidence": ""}
        assert left == 0
        sheet.refresh_from_db()
        saved = save_sheet(
            actor=sheet.assessor,
            sheet=sheet,
            revision=sheet.revision,
            lines=lines,
            visited_on=clock.today(),
        )
        return hand_in_sheet(actor=sheet.assessor, sheet=saved) if hand_in else saved

    return do


@pytest.fixture
def passed(opened, people, score):
    """An assessment closed with 86.50 points of one assessor."""

    def make(**fields):
        assessment = opened(people.assessor, **fields)
        score(assessment.sheets.get(), "86.5")
        return close_assessment(actor=people.office, assessment=assessment)

    return make


@pytest.fixture
def approved(passed, people):
    """An assessment approved by deliberation, today."""

    def make(**fields):
        assessment = passed(**fields)
        deliberate(
            actor=people.leader,
            assessment=assessment,
            held_on=clock.today(),
            minutes_number="部务会纪要〔2017〕12号",
            approved=True,
            opinion="同意",
        )
        return Assessment.objects.get(pk=assessment.pk)

    return make


@pytest.fixture
def noticed(approved, people):
    """A city assessment on public notice from today on."""

    def make(**fields):
        assessment = approved(**fields)
        publish_notice(actor=people.office, assessment=assessment, starts_on=clock.today())
        return Assessment.objects.get(pk=assessment.pk)

    return make


@pytest.fixture
def many(xiangtan, people, make_site):
    """many(30, assessor=…): rows written straight into the database, for counting queries."""
    serial = itertools.count(1)

    def make(count, *, level="city", state="scoring", assessor=None, application_state="accepted", **fields):
        made = []
        for number in itertools.islice(serial, count):
            application = Application.objects.create(
                cycle=xiangtan.cycle,
                site=make_site(f"众多社区{number}"),
                level=xiangtan.levels[level],
                area=xiangtan.areas["湘潭县"],
                number=f"many-{number:03d}",
                state=ApplicationState(application_state),
                created_by=people.county,
                created_at=timezone.now(),
                filed_first_at=clock.now(),
            )
            if application_state == "accepted" and state:
                made.append(_assessment(application, state, assessor, fields))
        return made

    def _assessment(application, state, assessor, fields):
        indicator_set = IndicatorSet.objects.get(category=application.site.category)
        assessment = Assessment.objects.create(
            application=application,
            indicator_set=indicator_set,
            state=state,
            started_at=timezone.now(),
            **fields,
        )
        if assessor:
            ScoreSheet.objects.create(assessment=assessment, assessor=assessor, assigned_at=timezone.now())
        return assessment

    return make


@pytest.fixture
def signed_in(client):
    """signed_in(user): the test client, signed in as that person."""

    def do(user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return do
