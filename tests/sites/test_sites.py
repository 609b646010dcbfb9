"""Sites and their plaque ledger."""

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.errors import DomainError, StaleForm
from sites.models import Plaque, Site
from sites.services import (
    award_own_plaque,
    close_site,
    confirm_plaque,
    refuse_plaque,
    register_plaque,
    register_site,
    reopen_site,
    revoke_plaque,
    update_site,
)
from tests.applications.conftest import png
from tests.sites.plaques import plaque_in_force
from tests.sites.tallies import kept


@pytest.fixture
def client_of():
    def do(user):
        client = Client()
        client.force_login(user)
        return client

    return do


def test_registering_keeps_initials_and_counts(make_site, xiangtan):
    site = make_site("同心社区甲")
    assert site.initials == "txsqj"
    assert kept(xiangtan.programme) == {(site.area_id, site.category_id, None): 1}


def test_the_same_name_twice_is_refused_in_words(make_site):
    make_site("甲")
    with pytest.raises(DomainError) as refusal:
        make_site("甲")
    assert "甲" in refusal.value.reason.text
    assert Site.objects.count() == 1


def test_only_its_own_staff_registers_for_an_area(people, xiangtan):
    for person in (people.neighbour, people.office, people.leader, people.other_city, people.other_county):
        with pytest.raises(DomainError):
            register_site(
                actor=person,
                programme=xiangtan.programme,
                category=xiangtan.categories["community"],
                area=xiangtan.areas["湘潭县"],
                name="乙",
                address="-",
                person_in_charge="-",
            )


def test_a_township_of_another_county_is_refused(make_site, xiangtan):
    elsewhere = xiangtan.areas["韶山市"].children.first()
    with pytest.raises(DomainError):
        make_site("甲", unit=elsewhere)


def test_a_county_numbers_its_own_plaques(make_site, people, xiangtan, on_day):
    numbers = []
    for name in ("甲", "乙", "丙"):
        plaque = award_own_plaque(
            actor=people.county, site=make_site(name), level=xiangtan.levels["county"], reason="文件"
        )
        numbers.append(plaque.number)
    assert numbers == ["潭县同社〔2017〕1号", "潭县同社〔2017〕2号", "潭县同社〔2017〕3号"]
    on_day(2018, 1, 2)
    later = award_own_plaque(
        actor=people.county, site=make_site("丁"), level=xiangtan.levels["county"], reason="文件"
    )
    assert later.number == "潭县同社〔2018〕1号"


def test_a_county_cannot_award_a_higher_level(make_site, people, xiangtan):
    site = make_site()
    for code in ("city", "province"):
        with pytest.raises(DomainError):
            award_own_plaque(actor=people.county, site=site, level=xiangtan.levels[code], reason="文件")
    assert Plaque.objects.count() == 0


def test_an_earlier_city_plaque_counts_after_the_office_confirmed_it(make_site, people, xiangtan):
    site = make_site()
    city = xiangtan.levels["city"]
    plaque = register_plaque(
        actor=people.county, site=site, level=city, number="潭同社〔2015〕3号",
        awarded_on=datetime.date(2015, 12, 1), paper=png(),
    )  # fmt: skip
    assert plaque.state == "claimed"
    assert plaque_in_force(site, city) is None
    for person in (people.county, people.neighbour, people.leader, people.other_city):
        with pytest.raises(DomainError):
            confirm_plaque(actor=person, plaque=plaque)
    confirm_plaque(actor=people.office, plaque=plaque)
    assert plaque_in_force(site, city) == plaque


def test_a_refused_claim_leaves_room_for_another(make_site, people, xiangtan):
    site, city = make_site(), xiangtan.levels["city"]
    values = {
        "site": site,
        "level": city,
        "number": "潭同社〔2015〕3号",
        "awarded_on": datetime.date(2015, 12, 1),
    }
    plaque = register_plaque(actor=people.county, paper=png(), **values)
    with pytest.raises(DomainError):
        refuse_plaque(actor=people.office, plaque=plaque, reason="")
    refuse_plaque(actor=people.office, plaque=plaque, reason="文件不清")
    assert register_plaque(actor=people.county, paper=png(), **values).state == "claimed"


def test_the_paper_is_wanted_and_looked_at(make_site, people, xiangtan):
    values = {
        "site": make_site(),
        "level": xiangtan.levels["county"],
        "number": "1",
        "awarded_on": datetime.date(2015, 1, 1),
    }
    for paper in (None, SimpleUploadedFile("paper.pdf", b"not a pdf")):
        with pytest.raises(DomainError):
            register_plaque(actor=people.county, paper=paper, **values)


def test_revoking_ends_the_row_and_a_past_day_still_knows(make_site, people, xiangtan, on_day):
    site, county = make_site(), xiangtan.levels["county"]
    plaque = award_own_plaque(actor=people.county, site=site, level=county, reason="文件")
    on_day(2017, 8, 20)
    with pytest.raises(DomainError):
        revoke_plaque(actor=people.neighbour, plaque=plaque, reason="复核不合格")
    revoke_plaque(actor=people.county, plaque=plaque, reason="复核不合格")
    plaque.refresh_from_db()
    assert (plaque.state, plaque.ended_on) == ("revoked", datetime.date(2017, 8, 20))
    assert plaque_in_force(site, county) is None
    assert plaque_in_force(site, county, datetime.date(2017, 8, 19)) == plaque
    assert plaque_in_force(site, county, datetime.date(2017, 5, 21)) is None
    again = award_own_plaque(actor=people.county, site=site, level=county, reason="整改后")
    assert again.pk != plaque.pk


def test_the_database_itself_forbids_two_valid_plaques(make_site, people, xiangtan):
    site, county = make_site(), xiangtan.levels["county"]
    award_own_plaque(actor=people.county, site=site, level=county, reason="文件")
    with pytest.raises(IntegrityError), transaction.atomic():
        Plaque.objects.create(site=site, level=county, number="x", awarded_on="2017-01-01", origin="awarded")
    with pytest.raises(IntegrityError), transaction.atomic():
        Plaque.objects.update(state="bogus")
    with pytest.raises(DomainError):
        award_own_plaque(actor=people.county, site=site, level=county, reason="文件")


def test_a_number_registered_by_hand_is_skipped(make_site, people, xiangtan):
    county = xiangtan.levels["county"]
    register_plaque(
        actor=people.county, site=make_site("甲"), level=county, number="潭县同社〔2017〕1号",
        awarded_on=datetime.date(2017, 1, 5), paper=png(),
    )  # fmt: skip
    plaque = award_own_plaque(actor=people.county, site=make_site("乙"), level=county, reason="文件")
    assert plaque.number == "潭县同社〔2017〕2号"


def test_closing_needs_the_plaques_gone_and_a_reason(make_site, people, xiangtan):
    site = make_site()
    plaque = award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    with pytest.raises(DomainError):
        close_site(actor=people.county, site=site, reason="拆迁")
    revoke_plaque(actor=people.county, plaque=plaque, reason="拆迁")
    with pytest.raises(DomainError):
        close_site(actor=people.county, site=site, reason="")
    close_site(actor=people.county, site=site, reason="拆迁")
    with pytest.raises(DomainError):
        reopen_site(actor=people.county, site=site, reason="恢复")
    reopen_site(actor=people.office, site=site, reason="恢复")
    assert Site.objects.get().state == "active"


def test_a_stale_change_is_refused(make_site, people):
    site = make_site()
    update_site(actor=people.county, site=site, revision=1, address="新路2号")
    with pytest.raises(StaleForm):
        update_site(actor=people.county, site=site, revision=1, address="旧窗口")
    assert Site.objects.get().address == "新路2号"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_whatever_its_length(
    rows, make_site, people, client_of, django_assert_num_queries
):
    for number in range(rows):
        make_site(f"示范点{number}")
    client = client_of(people.county)
    client.get(reverse("sites:list"))
    with django_assert_num_queries(15):
        page = client.get(reverse("sites:list"))
    assert page.context["listing"].page.paginator.count == rows


def test_search_by_name_and_by_initials(make_site, people, client_of):
    make_site("同心社区甲")
    make_site("红旗村", category="village")
    client = client_of(people.county)

    def found(**query):
        return [site.name for site in client.get(reverse("sites:list"), query).context["listing"].page]

    assert found(q="红旗") == ["红旗村"]
    assert found(q="txsq") == ["同心社区甲"]
    assert found(q="无此名") == []


def test_neighbours_see_nothing(make_site, people, client_of):
    url = reverse("sites:detail", args=[make_site().pk])
    assert client_of(people.county).get(url).status_code == 200
    assert client_of(people.office).get(url).status_code == 200
    for person in (people.neighbour, people.other_city, people.other_county, people.assessor, people.nobody):
        assert client_of(person).get(url).status_code == 404
        assert list(Site.objects.visible_to(person)) == []


def test_the_form_keeps_what_was_typed_and_names_the_mistake(make_site, people, client_of, xiangtan):
    values = {
        "category": xiangtan.categories["community"].pk, "area": xiangtan.areas["湘潭县"].pk, "name": "甲" * 101,
        "address": "某路", "person_in_charge": "主任", "figure_members": "-5",
    }  # fmt: skip
    page = client_of(people.county).post(reverse("sites:new"), values)
    assert page.status_code == 200
    assert {"name", "figure_members"} <= set(page.context["form"].errors)
    assert "某路" in page.content.decode()
    assert Site.objects.count() == 0


def test_names_of_rare_characters_and_formulas_survive(people, client_of, xiangtan):
    values = {
        "category": xiangtan.categories["village"].pk, "area": xiangtan.areas["湘潭县"].pk, "name": "=1+1堃昇玥喆𠮷村",
        "address": "某路", "person_in_charge": "主任", "figure_members": "507",
    }  # fmt: skip
    client = client_of(people.county)
    client.post(reverse("sites:new"), values)
    assert Site.objects.get().name == "=1+1堃昇玥喆𠮷村"
    assert Site.objects.get().figures.get(code="members").value == 507
    answer = client.get(reverse("sites:list"), {"export": "xlsx"})
    cell = load_workbook(io.BytesIO(answer.getvalue())).active["A2"]
    assert cell.data_type == "s"
