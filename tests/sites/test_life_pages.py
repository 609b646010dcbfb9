"""The pages of a site's ledgers: adding, confirming, filters, export, gallery, and what they cost."""

import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from PIL import Image

from accounts.models import AuditEvent
from assessments.reviewing.prefill import _Known
from sites.life_kinds import KINDS
from sites.models import Activity, FigureReport, Fund, Photo, Plan, PlanGoal, Venue
from sites.services import add_entry, confirm_entry, set_figures, withdraw_entry
from tests.sites.life import VALUES, photo_file, values_of

DAY = datetime.date


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def liaison(site, liaison_of):
    return liaison_of(site)


def ledger(site, code: str) -> str:
    return reverse("sites:life", args=[site.pk, code])


#: What a person types into the form of each ledger.
TYPED = {
    "activities": {"held_on": "2017-05-04", "name": "法律咨询"},
    "venues": {"name": "同心书屋", "kind": "书屋", "area": "45.5"},
    "co-builders": {"name": "县工商联", "supports": "创业指导"},
    "office-holders": {"role": "patron", "unit_name": "县委", "name": "副书记", "begins_on": "2016-07-01"},
    "secondments": {"name": "县委组织部", "number": "2", "begins_on": "2017-01-01"},
    "funds": {"name": "县级财政", "amount": "12345.60", "purpose": "修缮", "year": "2017"},
    "figures": {"year": "2016", "figure_members": "507"},
    "plans": {"name": "三年规划", "from_year": "2016", "to_year": "2018"},
    "goals": {"year": "2017", "name": "帮扶困难家庭", "target": "40", "reached": "18"},
    "photos": {"name": "同心讲堂", "taken_on": "2017-03-10", "alt": "居民听宣讲"},
}


@pytest.mark.parametrize("code", TYPED)
def test_an_entry_is_typed_in_shown_exported_and_changed(code, site, people, liaison, signed_in):
    kind = next(kind for kind in KINDS if kind.code == code)
    typed = dict(TYPED[code])
    if code == "goals":
        typed["plan"] = add_entry(actor=people.county, site=site, model=Plan, **VALUES[Plan]).pk
    if code == "photos":
        typed["picture"] = photo_file()
    client, url = signed_in(liaison), ledger(site, code)
    sent = client.post(url, typed)
    entry = kind.model.objects.get()
    assert entry.state == "proposed"
    at = ("plans", entry.plan_id) if code == "goals" else (code, entry.pk)
    assert sent.url == reverse("sites:entry", args=at)
    assert "yours; Xiangtan" in client.get(url).content.decode()
    county = signed_in(people.county)
    page = county.get(url)
    assert page.context["listing"].page.paginator.count == 1
    assert "Waiting for confirmation" in page.content.decode()
    one = reverse("sites:entry", args=[code, entry.pk])
    assert "Confirm the entry, or say why not." in county.get(one).content.decode()
    step = reverse("sites:entry_step", args=[code, entry.pk])
    assert county.post(step, {"action": "confirm"}).url == one
    book = load_workbook(io.BytesIO(b"".join(county.get(f"{url}?export=xlsx"))))
    assert book.active.max_row == 2
    assert [cell.value for cell in book.active[2]][-3:] == [
        "Confirmed by the county", "liaison", "2017-05-22",
    ]  # fmt: skip
    change = reverse("sites:entry_change", args=[code, entry.pk])
    form = client.get(change).context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert client.post(change, again).status_code == 302
    assert list(kind.model.objects.order_by("id").values_list("state", flat=True)) == [
        "confirmed",
        "proposed",
    ]
    entry.refresh_from_db()
    assert entry.state == "confirmed"


def test_from_an_activity_one_goes_on_to_its_photos(site, people, signed_in):
    client = signed_in(people.county)
    assert client.post(ledger(site, "activities"), TYPED["activities"]).url == reverse(
        "sites:detail", args=[site.pk]
    )
    add = f"{ledger(site, 'photos')}?add=1"
    one = reverse("sites:entry", args=["activities", Activity.objects.get().pk])
    assert add in client.get(one).content.decode()
    assert add not in signed_in(people.leader).get(one).content.decode()
    assert " open><summary>Add an entry" in client.get(add).content.decode()


def test_wrong_entries_stay_in_the_form_and_are_named(site, people, signed_in):
    page = signed_in(people.county).post(
        ledger(site, "funds"), {"name": "县级财政", "amount": "1.005", "purpose": "", "year": "2017"}
    )
    assert set(page.context["form"].errors) == {"amount", "purpose"}
    page = signed_in(people.county).post(ledger(site, "funds"), TYPED["funds"] | {"amount": "0"})
    assert set(page.context["form"].errors) == {"amount"}
    page = signed_in(people.county).post(
        ledger(site, "activities"), TYPED["activities"] | {"participants": "9" * 12}
    )
    assert Fund.objects.count() == 0


def test_readers_read_and_neighbours_find_nothing(site, people, signed_in):
    fund = add_entry(actor=people.county, site=site, model=Fund, **VALUES[Fund])
    pages = [ledger(site, "funds"), reverse("sites:entry", args=["funds", fund.pk])]
    for url in pages:
        assert signed_in(people.leader).get(url).status_code == 200
        for stranger in (people.neighbour, people.other_city, people.other_county, people.nobody):
            assert signed_in(stranger).get(url).status_code == 404
    step = reverse("sites:entry_step", args=["funds", fund.pk])
    assert signed_in(people.leader).post(step, {"action": "withdraw", "reason": "-"}).status_code == 302
    assert signed_in(people.neighbour).post(step, {"action": "withdraw", "reason": "-"}).status_code == 404
    assert signed_in(people.county).post(step, {"action": "unheard"}).status_code == 404
    assert signed_in(people.county).get(ledger(site, "unheard")).status_code == 404
    assert Fund.objects.get().state == "confirmed"
    refused = AuditEvent.objects.get(action="fund.withdraw", result="refused")
    assert refused.actor == people.leader


def test_the_filter_by_year_and_state_and_the_sums_of_what_is_shown(site, people, liaison, signed_in):
    for actor, year, amount in (
        (people.county, 2016, "50000.10"),
        (people.county, 2017, "0.20"),
        (liaison, 2017, "7"),
    ):
        add_entry(
            actor=actor, site=site, model=Fund, **VALUES[Fund] | {"year": year, "amount": Decimal(amount)}
        )
    gone = add_entry(actor=people.county, site=site, model=Fund, **VALUES[Fund])
    withdraw_entry(actor=people.county, entry=gone, reason="重复")
    client, url = signed_in(people.county), ledger(site, "funds")
    counts = {query: client.get(f"{url}?{query}").context["listing"].page.paginator.count for query in (
        "", "year=2017", "year=2016", "year=2015", "state=withdrawn", "state=proposed", "year=0", "year=99999",
    )}  # fmt: skip
    assert counts == {
        "": 3, "year=2017": 2, "year=2016": 1, "year=2015": 0, "state=withdrawn": 1, "state=proposed": 1,
        "year=0": 0, "year=99999": 0,
    }  # fmt: skip
    page = client.get(url)
    assert page.context["sums"].total == Decimal("50000.30")
    assert "50,000.30" in page.content.decode()
    rows = list(load_workbook(io.BytesIO(b"".join(client.get(f"{url}?year=2016&export=xlsx")))).active.values)
    assert rows[1][:4] == ("县级财政", 50000.1, "修缮", 2016)
    assert AuditEvent.objects.filter(action="ledger.export").count() == 1


def test_a_span_is_found_in_every_year_it_lies_in(site, people, signed_in):
    plan = add_entry(actor=people.county, site=site, model=Plan, **VALUES[Plan])
    client = signed_in(people.county)
    found = {
        year: client.get(f"{ledger(site, 'plans')}?year={year}").context["listing"].page.paginator.count
        for year in (2015, 2016, 2017, 2018, 2019)
    }
    assert found == {2015: 0, 2016: 1, 2017: 1, 2018: 1, 2019: 0}
    add_entry(actor=people.county, site=site, model=PlanGoal, plan=plan, **VALUES[PlanGoal])
    page = client.get(reverse("sites:entry", args=["plans", plan.pk]))
    assert [(year, len(goals), share) for year, goals, share in page.context["years"]] == [
        (2016, 0, None), (2017, 1, 45), (2018, 0, None),
    ]  # fmt: skip
    assert "18 of 40" in page.content.decode()


def test_the_county_confirms_several_at_once_and_only_its_own(
    site, make_site, liaison_of, people, liaison, signed_in
):
    abroad = make_site("韶山点", area="韶山市")
    theirs = add_entry(actor=liaison_of(abroad, "next"), site=abroad, model=Fund, **VALUES[Fund])
    mine = add_entry(actor=liaison, site=site, model=Fund, **VALUES[Fund])
    venue = add_entry(actor=liaison, site=site, model=Venue, **VALUES[Venue])
    client, url = signed_in(people.county), reverse("sites:waiting")
    page = client.get(url)
    assert [entry for entry, _kind, _facts in page.context["rows"]] == [mine, venue]
    ticked = [
        f"funds:{mine.pk}",
        f"venues:{venue.pk}",
        f"funds:{theirs.pk}",
        "funds:x",
        "unheard:1",
        f"venues:{'9' * 30}",
    ]
    page = client.post(url, {"entry": ticked}, follow=True)
    assert "2 entries are confirmed." in page.content.decode()
    assert list(Fund.objects.order_by("id").values_list("state", flat=True)) == ["proposed", "confirmed"]
    assert "Tick the entries to confirm." in client.post(url, follow=True).content.decode()
    # A liaison sees what waits of his own, and confirms nothing of it.
    own = add_entry(actor=liaison, site=site, model=Fund, **VALUES[Fund] | {"purpose": "添置图书"})
    view = signed_in(liaison)
    assert [entry for entry, _kind, _facts in view.get(url).context["rows"]] == [own]
    view.post(url, {"entry": [f"funds:{own.pk}"]})
    own.refresh_from_db()
    assert own.state == "proposed"
    for stranger in (people.office, people.leader, people.nobody):
        assert signed_in(stranger).get(url).status_code == 404


def test_the_gallery_shows_small_pictures_with_words_and_serves_them_to_those_who_see_the_site(
    site, people, signed_in
):
    photo = add_entry(actor=people.county, site=site, model=Photo, **values_of(Photo))
    client = signed_in(people.leader)
    page = client.get(ledger(site, "photos")).content.decode()
    small, large = (reverse(f"sites:{name}", args=[photo.pk]) for name in ("thumbnail", "photo"))
    assert f'<a class="album-picture" href="{large}"><img src="{small}" alt="居民听宣讲"' in page
    answer = client.get(small)
    assert answer["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(b"".join(answer))) as picture:
        assert picture.size == (480, 360)
    for url in (small, large):
        assert signed_in(people.neighbour).get(url).status_code == 404


def test_a_review_is_prefilled_with_confirmed_activities_only(site, people, liaison, xiangtan):
    for day in (1, 2):
        add_entry(
            actor=people.county, site=site, model=Activity, held_on=DAY(2017, 5, day), name=f"活动{day}"
        )
    proposal = add_entry(actor=liaison, site=site, model=Activity, held_on=DAY(2017, 5, 20), name="待确认")
    read = lambda: _Known(xiangtan.cycle, [site])._read_activities()  # noqa: E731
    assert read() == {site.pk: [(DAY(2017, 5, 1), "活动1"), (DAY(2017, 5, 2), "活动2")]}
    confirm_entry(actor=people.county, entry=proposal)
    assert len(read()[site.pk]) == 3


QUERIES = {
    "activities": 9, "venues": 9, "funds": 11, "figures": 10, "plans": 10, "goals": 10, "photos": 9,
}  # fmt: skip


@pytest.mark.parametrize("code", QUERIES)
def test_a_ledger_costs_the_same_at_1_and_at_30_rows(
    code, site, people, signed_in, django_assert_num_queries
):
    kind = next(kind for kind in KINDS if kind.code == code)
    plan = add_entry(actor=people.county, site=site, model=Plan, **VALUES[Plan]) if code == "goals" else None
    values = values_of(kind.model) | ({"plan": plan} if plan else {})
    first = add_entry(actor=people.county, site=site, model=kind.model, **values)
    client, url = signed_in(people.county), ledger(site, code)
    client.get(url)
    with django_assert_num_queries(QUERIES[code]):
        client.get(url)
    rows = []
    for number in range(29):
        first.pk, first._state.adding = None, True
        if code == "activities":
            first.name = f"活动{number}"
        first.save()
        rows.append(first.pk)
    if code == "plans":
        for pk in rows:
            add_entry(
                actor=people.county,
                site=site,
                model=PlanGoal,
                **VALUES[PlanGoal],
                plan=Plan.objects.get(pk=pk),
            )
    with django_assert_num_queries(QUERIES[code]):
        page = client.get(url)
    assert page.context["listing"].page.paginator.count == 30


@pytest.mark.parametrize("rows", [1, 30])
def test_other_pages_cost_the_same_too(rows, site, people, liaison, signed_in):
    for number in range(rows):
        entry = add_entry(actor=liaison, site=site, model=Fund, **VALUES[Fund] | {"name": f"来源{number}"})
        set_figures(site=site, year=2016 - number, values={"members": 100})
    FigureReport.objects.all().delete()
    client = signed_in(people.county)
    pages = {
        "waiting": reverse("sites:waiting"),
        "entry": reverse("sites:entry", args=["funds", entry.pk]),
        "liaisons": reverse("sites:liaisons", args=[site.pk]),
        "site": reverse("sites:detail", args=[site.pk]),
    }
    found = {}
    for name, url in pages.items():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        found[name] = len(queries)
    assert found == {"waiting": 8, "entry": 9, "liaisons": 9, "site": 32}
