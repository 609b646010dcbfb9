"""What somebody might try on the ledger, the review, the evaluation and the public pages."""

import datetime
from decimal import Decimal

import pytest
from django.urls import get_resolver, reverse

from accounts import clock, context
from accounts.errors import DomainError
from applications.rules import why_not_submit
from applications.services import submit
from assessments.models import Objection, Review, RevocationProposal
from assessments.services import (
    decide_proposal,
    decline,
    demand_review_rectification,
    fail_review,
    pass_review,
    report_rectification,
    wipe_objectors,
)
from assessments.services.evaluation_points import score_duty
from assessments.services.evaluations import report_duty
from assessments.services.objections import TooMany, object_publicly
from sites.models import Plaque
from sites.services import (
    award_own_plaque,
    confirm_plaque,
    register_plaque,
    replace_plaque,
    resume_plaque,
    revoke_plaque,
    suspend_plaque,
)
from tests.applications.conftest import draft, fill, png  # noqa: F401 - fixtures
from tests.assessments.conftest import (  # noqa: F401 - fixtures
    accepted,
    approved,
    noticed,
    opened,
    passed,
    score,
    with_county_plaque,
)
from tests.assessments.evaluation.conftest import county, play  # noqa: F401 - fixtures
from tests.assessments.reviewing import drawn, look_at, plaque_of, reported, visited  # noqa: F401 - fixtures
from tests.sites.conftest import climb  # noqa: F401 - fixture

# ruff: noqa: F811 - fixtures are asked for by the names under which they are imported

DAY = datetime.date
#: More than any database holds as a key.
FAR = 10**25


def numbered_addresses(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from numbered_addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
            continue
        kinds = {name: type(one).__name__ for name, one in pattern.pattern.converters.items()}
        if "IntConverter" in kinds.values():
            values = {name: FAR if kind == "IntConverter" else "a" for name, kind in kinds.items()}
            yield reverse(f"{prefix}{pattern.name}", kwargs=values)


def test_an_endless_number_in_an_address_is_not_found(xiangtan, people, client):
    client.raise_request_exception = False
    client.force_login(people.office)
    found = [
        (address, status)
        for address in numbered_addresses(get_resolver())
        for ask in (client.get, client.post)
        if (status := ask(address).status_code) not in (302, 404, 405)
    ]
    assert not found, found


# --- dates ----------------------------------------------------------------------------------------------------


def test_no_plaque_is_dated_back_into_the_time_of_one_that_ended(xiangtan, people, climb):
    old = climb("甲")["county"]
    clock.set_today(DAY(2018, 6, 1))
    revoke_plaque(actor=people.county, plaque=old, reason="停止活动", ended_on=DAY(2018, 5, 1))
    how = {"actor": people.county, "site": old.site, "level": old.level}
    for day in (DAY(2017, 6, 1), DAY(2018, 4, 30)):
        with pytest.raises(DomainError, match=old.number):
            award_own_plaque(**how, reason="文件", awarded_on=day)
        with pytest.raises(DomainError, match=old.number):
            register_plaque(**how, number="旧1号", awarded_on=day, paper=png())
    award_own_plaque(**how, reason="文件", awarded_on=DAY(2018, 5, 1))
    assert Plaque.objects.in_force(DAY(2017, 7, 1)).filter(site=old.site).get() == old


def test_a_claim_from_before_the_end_of_another_plaque_is_not_confirmed(xiangtan, people, climb):
    old = climb("甲", "city")["city"]
    clock.set_today(DAY(2018, 6, 1))
    revoke_plaque(actor=people.office, plaque=old, reason="停止活动")
    claim = Plaque.objects.create(
        site=old.site, level=old.level, number="旧2号", awarded_on=DAY(2016, 1, 1), state="claimed",
        origin="registered", registered_by=people.county, paper=png(),
    )  # fmt: skip
    with pytest.raises(DomainError, match=old.number):
        confirm_plaque(actor=people.office, plaque=claim)


def test_a_replacement_is_not_dated_back_over_a_suspension(people, climb):
    plaque = climb("甲", "city")["city"]
    for month, step in ((6, suspend_plaque), (7, resume_plaque)):
        clock.set_today(DAY(2017, month, 1))
        step(actor=people.office, plaque=plaque, reason="整顿")
    clock.set_today(DAY(2017, 8, 1))
    with pytest.raises(DomainError):
        replace_plaque(actor=people.office, plaque=plaque, reason="遗失", awarded_on=DAY(2017, 5, 20))
    replace_plaque(actor=people.office, plaque=plaque, reason="遗失", awarded_on=DAY(2017, 7, 1))
    assert not Plaque.objects.in_force(DAY(2017, 6, 15)).filter(site=plaque.site, level=plaque.level).exists()


def test_what_the_site_holds_by_now_is_not_handed_in(xiangtan, people, draft, fill):
    application = fill(draft(), people.county)
    assert not why_not_submit(application)
    plaque = register_plaque(
        actor=people.county, site=application.site, level=application.level, number="旧9号",
        awarded_on=DAY(2015, 1, 1), paper=png(),
    )  # fmt: skip
    confirm_plaque(actor=people.office, plaque=plaque)
    with pytest.raises(DomainError, match="旧9号"):
        submit(actor=people.county, application=application)


@pytest.mark.parametrize("done_on", [DAY(2022, 12, 31), DAY(203, 3, 15)])
def test_no_bonus_for_a_duty_done_in_another_year(county, play, done_on):
    row, duty = play.row(1, "a1"), play.duty("1.1")
    with pytest.raises(DomainError, match="2023"):
        report_duty(actor=county.staff["a1"], unit_evaluation=row, duty=duty, done_on=done_on, text="已研究")
    entry = {"points": Decimal(10), "done_on": done_on, "reason": "", "seen": 0}
    with pytest.raises(DomainError, match="2023"):
        score_duty(actor=county.office, evaluation=play.quarter(1), duty=duty, entries={row.pk: entry})


# --- the review -----------------------------------------------------------------------------------------------


def replaced(people, review: Review) -> Plaque:
    return replace_plaque(actor=people.office, plaque=review.plaques.first().plaque, reason="遗失")


def test_a_plaque_replaced_during_the_review_is_proposed_to_be_taken_back(people, visited):
    review = visited()
    new = replaced(people, review)
    fail_review(actor=people.office, review=review, findings="活动停止")
    assert RevocationProposal.objects.get().plaque == new


def test_a_plaque_replaced_in_rectification_counts_again_after_the_review(people, visited):
    review = visited()
    demand_review_rectification(
        actor=people.office, review=review, findings="台账不全", rectify_by=DAY(2017, 8, 20)
    )
    new = replaced(people, review)
    assert new.state == "rectifying"
    report_rectification(actor=people.county, review=review, text="已补齐")
    look_at(people.office, review)
    pass_review(actor=people.office, review=review)
    new.refresh_from_db()
    assert (new.state, new.rectify_by) == ("valid", None)


def test_a_plaque_proposed_to_be_taken_back_is_not_replaced_meanwhile(people, visited):
    review = visited()
    fail_review(actor=people.office, review=review, findings="活动停止")
    with pytest.raises(DomainError):
        replaced(people, review)
    proposal = RevocationProposal.objects.get()
    decide_proposal(actor=people.leader, proposal=proposal, approved=False, opinion="再看一年")
    assert replaced(people, review).state == "valid"


# --- objections -----------------------------------------------------------------------------------------------


def test_who_objected_is_forgotten_even_where_nobody_decided(settings, people, noticed):
    assessment = noticed()
    object_publicly(notice=assessment.notice, text="不实", objector="某某", contact="电话")
    decline(actor=people.office, assessment=assessment, reason="县级授牌已收回")
    last = assessment.notice.ends_on + datetime.timedelta(days=settings.OBJECTOR_KEPT_DAYS)
    clock.set_today(last)
    assert wipe_objectors() == 0
    clock.set_today(last + datetime.timedelta(days=1))
    assert wipe_objectors() == 1
    assert not Objection.objects.exclude(objector="", contact="").exists()


def test_the_limit_per_address_does_not_lump_all_of_ipv4_together(settings, people, noticed):
    settings.OBJECTIONS_PER_ADDRESS = (1, 1)
    notice = noticed().notice
    for address in ("::ffff:192.0.2.1", "::ffff:192.0.2.2"):
        token = context.address.set(address)
        object_publicly(notice=notice, text="不实")
        context.address.reset(token)
    token = context.address.set("192.0.2.1")
    with pytest.raises(TooMany):
        object_publicly(notice=notice, text="另一处不实")
    context.address.reset(token)
