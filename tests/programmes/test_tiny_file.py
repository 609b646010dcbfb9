"""A programme the code has never heard of: quota, month, ladder, numbers and points are its file's."""

import datetime
from decimal import Decimal

import pytest

from accounts import clock
from accounts.errors import DomainError
from applications.content import form_fields
from applications.deadlines import effective_date, filing_deadline
from applications.eligibility import eligibility
from applications.enums import AttachmentKind
from applications.models import QuotaPlace
from applications.services import add_attachment, save_form, start_application, submit
from assessments.models import IndicatorSet
from assessments.scoring import most_points
from programmes.demo_papers import demo_paper
from sites.services import award_own_plaque, register_site


def _site(tiny, name, category="hall", since=datetime.date(2023, 1, 10)):
    site = register_site(
        actor=tiny.clerk,
        programme=tiny.programme,
        area=tiny.east,
        category=tiny.programme.categories.get(code=category),
        name=name,
        address="东县一路",
        person_in_charge="站长",
    )
    if since:
        with clock.travel(since):
            award_own_plaque(
                actor=tiny.clerk, site=site, level=tiny.programme.levels.get(code="base"), reason="自评"
            )
    return site


def _file(tiny, site):
    application = start_application(actor=tiny.clerk, site=site, rule=tiny.rules["star"])
    data = {field["code"]: "内容" for field in form_fields(application)}
    application = save_form(actor=tiny.clerk, application=application, revision=1, data=data)
    scan = demo_paper(name="scan", lines=[])
    add_attachment(
        actor=tiny.clerk, application=application, kind=AttachmentKind.STAMPED, upload=scan, note="二维码破损"
    )
    return submit(actor=tiny.clerk, application=application)


def test_two_levels_two_categories_two_areas(tiny):
    assert [level.name for level in tiny.programme.levels.all()] == ["基础级", "星级"]
    assert [category.name for category in tiny.programme.categories.all()] == ["驿站", "花园"]
    assert QuotaPlace.objects.count() == 4


def test_two_may_file_and_the_third_may_not(tiny):
    sites = [_site(tiny, name) for name in ("一号", "二号", "三号")]
    _file(tiny, sites[0])
    _file(tiny, sites[1])
    with pytest.raises(DomainError, match=r"used up: 2 of 2.*方案 第2条"):
        _file(tiny, sites[2])


def test_the_deadline_is_in_its_own_month_and_rolls_forward(tiny):
    # 30 September 2023 was a day off; the first working day after it was 7 October, a make-up Saturday.
    assert filing_deadline(tiny.cycle, tiny.east) == datetime.date(2023, 10, 7)
    assert effective_date(tiny.cycle.milestones.get()) == datetime.date(2023, 10, 7)
    site = _site(tiny, "一号")
    assert eligibility(site, tiny.rules["star"], datetime.date(2023, 10, 7)).ok
    late = eligibility(site, tiny.rules["star"], datetime.date(2023, 10, 8))
    assert [reason.article for reason in late.reasons] == ["方案 第3条"]


def test_its_ladder_asks_for_six_months(tiny):
    site = _site(tiny, "一号", since=datetime.date(2023, 4, 10))
    answer = eligibility(site, tiny.rules["star"])
    assert [reason.article for reason in answer.reasons] == ["方案 第4条"]
    assert [reason.earliest for reason in answer.reasons] == [datetime.date(2023, 10, 10)]
    # Three days after the last day for filing: not in this year.
    assert answer.earliest is None
    held_longer = _site(tiny, "二号", since=datetime.date(2023, 4, 7))
    assert eligibility(held_longer, tiny.rules["star"]).earliest == datetime.date(2023, 10, 7)


def test_a_category_it_does_not_offer(tiny):
    site = _site(tiny, "花园一号", category="garden")
    assert not eligibility(site, tiny.rules["star"]).ok


def test_its_numbers(tiny):
    assert _site(tiny, "一号").plaques.get().number == "东字1号"
    assert _site(tiny, "二号", category="garden").plaques.get().number == "东字2号"


def test_its_indicators(tiny):
    found = IndicatorSet.objects.get()
    assert (most_points(found), found.pass_mark) == (Decimal("10.00"), Decimal("6.50"))
    assert list(found.indicators.values_list("code", "points", "kind")) == [
        ("A", None, "heading"),
        ("A1", Decimal("7.50"), "scored"),
        ("A2", Decimal("2.50"), "scored"),
        ("A3", None, "veto"),
    ]
