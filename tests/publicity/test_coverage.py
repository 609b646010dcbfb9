"""The register of coverage: who keeps it, what an entry has to tell, what is the same, and what counts."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import translation

from accounts import clock
from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent
from publicity.coverage_measures import COVERAGE, measure_of
from publicity.enums import CoverageState, LinkState
from publicity.models import CountedCoverage, Coverage
from publicity.sameness import fingerprint, link_key
from publicity.services.coverage import (
    LikelyReprint,
    change_coverage,
    decide_reprint,
    record_coverage,
    withdraw_coverage,
)
from sites.services.tallies import recount
from sites.tallies import counted
from tests.publicity.coverage import DAY, piece


@pytest.fixture(autouse=True)
def _in_english(people):
    translation.activate("en")


@pytest.fixture
def put(xiangtan, people):
    """put(title="…", area="湘潭县", actor=…): a piece in the register."""

    def do(area="湘潭县", actor=None, is_reprint=None, file=None, **fields):
        return record_coverage(
            actor=actor or people.office,
            programme=xiangtan.programme,
            area=xiangtan.areas[area],
            piece=piece(**fields),
            file=file,
            is_reprint=is_reprint,
        )

    return do


def journal(xiangtan, medium="press", day=None) -> list[tuple]:
    """(area, category, level, year, count) of a medium by the journal."""
    areas = list(xiangtan.areas.values())
    cells = counted(xiangtan.programme, areas, [measure_of(medium)], day or clock.today())
    names = {area.pk: area.name for area in areas}
    codes = {category.pk: code for code, category in xiangtan.categories.items()}
    return sorted(
        (names[cell.area_id], codes.get(cell.category_id, ""), cell.state, cell.year, cell.count)
        for cell in cells
    )


# --- who --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("county", True),
        ("office", True),
        ("neighbour", False),
        ("leader", False),
        ("assessor", False),
        ("auditor", False),
        ("system_admin", False),
        ("other_city", False),
        ("other_county", False),
        ("nobody", False),
    ],
)
def test_the_county_keeps_its_own_register_and_the_office_that_of_all(put, people, who, may):
    actor, before = getattr(people, who), Coverage.objects.count()
    if may:
        entry = put(actor=actor)
        withdraw_coverage(actor=actor, coverage=entry, reason="twice")
        assert Coverage.objects.get().state == CoverageState.WITHDRAWN
        return
    with pytest.raises(DomainError, match="Only"):
        put(actor=actor)
    assert Coverage.objects.count() == before
    entry = put()
    for step in (
        lambda: withdraw_coverage(actor=actor, coverage=entry, reason="twice"),
        lambda: change_coverage(actor=actor, coverage=entry, revision=1, piece=piece(title="x")),
        lambda: decide_reprint(actor=actor, coverage=entry, original=None),
    ):
        with pytest.raises(DomainError, match="Only"):
            step()


def test_each_sees_the_entries_of_the_units_reached(put, people):
    put()
    put(area="韶山市", title="韶山一日")
    seen = {
        who: sorted(Coverage.objects.visible_to(getattr(people, who)).values_list("area__name", flat=True))
        for who in (
            "county",
            "neighbour",
            "office",
            "leader",
            "assessor",
            "other_city",
            "other_county",
            "nobody",
        )
    }
    both = ["湘潭县", "韶山市"]
    assert seen == {
        "county": ["湘潭县"],
        "neighbour": ["韶山市"],
        "office": both,
        "leader": both,
        "assessor": [],
        "other_city": [],
        "other_county": [],
        "nobody": [],
    }


# --- what -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"published_on": DAY(2017, 5, 23)}, "lies in the future"),
        ({"published_on": DAY(1979, 12, 31)}, "lies before"),
        ({"medium": "smoke"}, "does not know this medium"),
        ({"outlet_level": "moon"}, "does not know this level"),
        ({"place": ""}, "link, file and place in the outlet are all empty"),
        ({"url": "ftp://example.com/a"}, "is no link"),
        ({"url": "javascript:alert(1)"}, "is no link"),
        ({"url": "http://me:secret@example.com/"}, "is no link"),
        ({"url": "http://example.com:99999/"}, "is no link"),
        ({"url": "http://"}, "is no link"),
    ],
)
def test_what_cannot_stand_in_the_register_is_refused_in_words(put, fields, words):
    with pytest.raises(DomainError, match=words):
        put(**fields)
    assert not Coverage.objects.exists()


def test_a_site_of_another_area_is_refused(put, make_site):
    with pytest.raises(DomainError, match="is no site of"):
        put(site=make_site(area="韶山市"))


@pytest.mark.parametrize(
    ("medium", "name", "content", "fits"),
    [
        ("radio", "a.mp3", b"ID3\x03\x00" + b"\x00" * 50, True),
        ("radio", "a.m4a", b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A mp42isom", True),
        ("tv", "a.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", True),
        ("press", "a.mp3", b"ID3\x03\x00" + b"\x00" * 50, False),
        ("radio", "a.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", False),
        ("web", "a.html", b"<html><script>alert(1)</script>", False),
        ("press", "a.pdf", b"%PDF-1.4\n", True),
        ("press", "a.pdf", b"<html>", False),
    ],
)
def test_which_file_fits_depends_on_what_the_medium_carries(put, medium, name, content, fits):
    upload = SimpleUploadedFile(name, content)
    if not fits:
        with pytest.raises(DomainError, match="not a file of an allowed kind"):
            put(medium=medium, file=upload)
        return
    entry = put(medium=medium, file=upload, place="")
    assert entry.file_name == name
    assert entry.file.read() == content


def test_a_stale_form_changes_nothing(put, people):
    entry = put()
    change_coverage(actor=people.county, coverage=entry, revision=1, piece=piece(outlet="某省日报"))
    with pytest.raises(StaleForm, match="Somebody changed this entry"):
        change_coverage(actor=people.office, coverage=entry, revision=1, piece=piece(outlet="另一报"))
    entry.refresh_from_db()
    assert (entry.outlet, entry.revision) == ("某省日报", 2)


def test_taking_back_needs_words_and_ends_the_entry(put, people):
    entry = put()
    with pytest.raises(DomainError, match="Write the reason"):
        withdraw_coverage(actor=people.county, coverage=entry, reason=" ")
    withdraw_coverage(actor=people.county, coverage=entry, reason="recorded twice")
    for step in (
        lambda: withdraw_coverage(actor=people.county, coverage=entry, reason="again"),
        lambda: change_coverage(actor=people.county, coverage=entry, revision=1, piece=piece()),
    ):
        with pytest.raises(DomainError):
            step()
    assert [row.reason for row in entry.log.all()] == ["recorded twice"]
    written = AuditEvent.objects.filter(action__startswith="coverage.").order_by("id")
    assert list(written.values_list("action", flat=True)) == ["coverage.record", "coverage.withdraw"]


# --- the same ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("同心共建见实效", "【统战新风】同心共建见实效", True),
        ("同心共建见实效", "［湘潭］（图文）同心 共建，见实效！", True),
        ("同心共建见实效", "“同心”共建——见实效", True),
        ("Ｔｏｎｇｘｉｎ ２０１７", "tongxin2017", True),
        ("同心共建见实效", "同心共建见成效", False),
        ("【统战新风】", "【要闻】", False),
        ("！！！", "？？？", False),
    ],
)
def test_a_title_is_the_same_without_what_reprints_change(one, other, is_same):
    assert (fingerprint(one) == fingerprint(other)) is is_same


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("http://www.example.com/a/b?id=7&p=1", True),
        ("https://EXAMPLE.com:443/a/b/?p=1&id=7#top", True),
        ("http://example.com:80/a/b?id=7&p=1&utm_source=x&UTM_medium=y", True),
        ("http://example.com/a/%62?id=7&p=1", True),
        ("http://example.com/a/b?id=8&p=1", False),
        ("http://example.com:8080/a/b?id=7&p=1", False),
        ("http://m.example.com/a/b?id=7&p=1", False),
        ("http://example.com/A/b?id=7&p=1", False),
        ("http://example.com/a/b?id=7&p=1#/article/5", False),
    ],
)
def test_a_link_is_the_same_without_what_does_not_tell_pages_apart(url, is_same):
    assert (link_key("https://example.com/a/b?id=7&p=1") == link_key(url)) is is_same


def test_a_link_twice_is_refused_with_the_earlier_entry_named(put, people):
    first = put(url="https://example.com/a")
    with pytest.raises(
        DomainError, match="in the register already: “同心共建见实效”, 某市日报, 18 April 2017"
    ):
        put(title="别的", url="http://www.example.com/a/#x")
    with pytest.raises(
        DomainError, match="in the register of Xiangtan County already: “同心共建见实效”, 某市日报"
    ):
        put(title="别的", url="http://www.example.com/a/#x", area="韶山市")
    withdraw_coverage(actor=people.office, coverage=first, reason="wrong")
    assert put(title="别的", url="http://www.example.com/a/").pk


def test_a_likely_reprint_is_asked_about_and_the_answer_kept(put):
    first = put()
    with pytest.raises(LikelyReprint) as refusal:
        put(title="【转载】同心共建见实效", outlet="某省网", medium="web")
    assert refusal.value.original == first
    reprint = put(title="【转载】同心共建见实效", outlet="某省网", medium="web", is_reprint=True)
    own = put(title="同心共建，见实效", outlet="某县报", is_reprint=False)
    assert (reprint.same_as, reprint.is_own_article) == (first, False)
    assert (own.same_as, own.is_own_article) == (None, True)
    of_a_reprint = put(outlet="又一网", medium="web", published_on=DAY(2017, 5, 2), is_reprint=True)
    assert of_a_reprint.same_as == first


def test_only_within_the_days_of_the_scheme(put, xiangtan):
    put(published_on=DAY(2017, 2, 1))
    assert put(published_on=DAY(2017, 4, 3)).same_as is None  # 61 days later
    with pytest.raises(LikelyReprint):
        put(published_on=DAY(2017, 4, 2))  # 60 days
    xiangtan.cycle.publicity.pop("reprint_days")
    xiangtan.cycle.save()
    assert put(published_on=DAY(2017, 4, 4)).same_as is None


def test_another_title_is_asked_about_again_and_the_old_answer_forgotten(put, people):
    put()
    entry = put(title="别的题目")
    with pytest.raises(LikelyReprint):
        change_coverage(actor=people.county, coverage=entry, revision=1, piece=piece())
    changed = change_coverage(
        actor=people.county, coverage=entry, revision=1, piece=piece(), is_reprint=False
    )
    # The same title once more: the answer stands.
    again = change_coverage(actor=people.county, coverage=changed, revision=2, piece=piece(place="第4版"))
    assert (again.is_own_article, again.same_as) == (True, None)


def test_when_the_original_is_taken_back_the_earliest_reprint_takes_its_place(put, people, xiangtan):
    first = put()
    later = put(outlet="乙报", published_on=DAY(2017, 4, 25), is_reprint=True)
    earlier = put(outlet="丙报", published_on=DAY(2017, 4, 20), outlet_level="province", is_reprint=True)
    assert journal(xiangtan) == [("湘潭县", "", "city", 2017, 1)]
    withdraw_coverage(actor=people.office, coverage=first, reason="wrong")
    for entry in (later, earlier):
        entry.refresh_from_db()
    assert (earlier.same_as, later.same_as) == (None, earlier)
    assert journal(xiangtan) == [("湘潭县", "", "province", 2017, 1)]
    withdraw_coverage(actor=people.office, coverage=earlier, reason="wrong")
    withdraw_coverage(actor=people.office, coverage=Coverage.objects.get(pk=later.pk), reason="wrong")
    assert journal(xiangtan) == []


def test_what_was_answered_can_be_answered_otherwise_and_chains_point_to_the_original(put, people, xiangtan):
    first, second = put(), put(title="另一题目", outlet="乙报")
    third = put(title="另一题目", outlet="丙报", is_reprint=True)
    decide_reprint(actor=people.county, coverage=second, original=first)
    for entry in (second, third):
        entry.refresh_from_db()
    assert (second.same_as, third.same_as) == (first, first)
    assert journal(xiangtan) == [("湘潭县", "", "city", 2017, 1)]
    decide_reprint(actor=people.county, coverage=third, original=None)
    assert journal(xiangtan) == [("湘潭县", "", "city", 2017, 2)]
    with pytest.raises(DomainError, match="cannot be the original"):
        decide_reprint(actor=people.county, coverage=first, original=second)


@pytest.mark.django_db(transaction=True)
def test_two_who_record_one_page_at_once_make_one_entry(put, people):
    said, start = [], threading.Barrier(2)

    def record(actor):
        try:
            start.wait()
            put(actor=actor, url="http://example.com/same")
            said.append("recorded")
        except DomainError:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=record, args=(actor,)) for actor in (people.county, people.office)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["recorded", "refused"]
    assert Coverage.objects.count() == 1


# --- what counts ------------------------------------------------------------------------------------------


def test_the_journal_follows_every_change_and_knows_past_days(put, people, make_site, xiangtan, on_day):
    site = make_site(category="village")
    entry = put(site=site)
    put(medium="web", url="http://example.com/1", title="别的")
    assert journal(xiangtan) == [("湘潭县", "village", "city", 2017, 1)]
    on_day(2017, 6, 1)
    change_coverage(
        actor=people.county,
        coverage=entry,
        revision=1,
        piece=piece(outlet_level="national", published_on=DAY(2016, 12, 30)),
    )
    on_day(2017, 6, 3)
    withdraw_coverage(actor=people.county, coverage=entry, reason="wrong")
    then = {
        day: journal(xiangtan, day=DAY(2017, *day))
        for day in ((5, 21), (5, 22), (5, 31), (6, 1), (6, 2), (6, 3))
    }
    first, second = [("湘潭县", "village", "city", 2017, 1)], [("湘潭县", "", "national", 2016, 1)]
    assert then == {(5, 21): [], (5, 22): first, (5, 31): first, (6, 1): second, (6, 2): second, (6, 3): []}
    assert journal(xiangtan, "web") == [("湘潭县", "", "city", 2017, 1)]
    rows = CountedCoverage.objects.filter(coverage=entry).order_by("pk")
    assert [(row.outlet_level, row.year, row.counted_until is None) for row in rows] == [
        ("city", 2017, False),
        ("national", 2016, False),
    ]


def test_a_recount_finds_what_the_journal_says(put, people, make_site, xiangtan, on_day):
    entry = put(site=make_site())
    on_day(2017, 6, 1)
    change_coverage(actor=people.county, coverage=entry, revision=1, piece=piece(medium="tv"))
    put(title="别的")
    days = [DAY(2017, 5, 22), DAY(2017, 6, 1)]
    before = [journal(xiangtan, medium, day) for medium in ("press", "tv") for day in days]
    assert before == [
        [("湘潭县", "community", "city", 2017, 1)],
        [("湘潭县", "", "city", 2017, 1)],
        [],
        [("湘潭县", "", "city", 2017, 1)],
    ]
    recount(programme=xiangtan.programme, measures=[COVERAGE])
    assert [journal(xiangtan, medium, day) for medium in ("press", "tv") for day in days] == before


def test_another_link_is_looked_at_anew(put, people):
    entry = put(url="http://example.com/1")
    Coverage.objects.update(link_state=LinkState.DEAD, snapshot_at=clock.now(), link_checked_at=clock.now())
    changed = change_coverage(
        actor=people.county, coverage=entry, revision=1, piece=piece(url="http://example.com/2")
    )
    assert (changed.link_state, changed.snapshot_at, changed.link_checked_at) == (
        LinkState.UNCHECKED,
        None,
        None,
    )
    same = change_coverage(
        actor=people.county, coverage=changed, revision=2, piece=piece(url="http://example.com/2", place="x")
    )
    assert same.revision == 3
