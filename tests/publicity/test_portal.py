"""The public portal: pages, pictures, downloads, feeds, the cache."""

import csv
import datetime
import io
import json
import os
import time
import xml.etree.ElementTree as ElementTree

import pytest
from django.core.cache import caches
from django.urls import reverse
from icalendar import Calendar

from publicity import portal_cache
from publicity.models import StoryPhoto
from publicity.portal_figures import figures
from publicity.services.stories import offer_story, release_story, withdraw_story, write_story
from sites.models import Photo
from sites.services import add_entry, award_plaque, close_site, revoke_plaque
from tests.sites.life import photo_file, values_of

START, SITES, FIGURES = "/public/", "/public/sites/", "/public/figures/"


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def publish(people, make_site):
    """publish("名称"): a site with one photo whose text is released; returns the story."""

    def do(name="同心社区甲", **fields):
        site = make_site(name=name, **fields)
        photo = add_entry(
            actor=people.county, site=site, model=Photo, **values_of(Photo, picture=photo_file(size=(60, 40)))
        )
        words = {"title": f"{name}的故事", "summary": "摘要文字", "text": "第一段。\n\n第二段。"}
        story = write_story(actor=people.county, site=site, photos=[photo], **words)
        offer_story(actor=people.county, story=story)
        return release_story(actor=people.office, story=story, revision=1)

    return do


@pytest.fixture
def award(people, xiangtan):
    """award(site, "city"): a plaque awarded on 1 June 2017."""

    def do(site, level="city"):
        day = datetime.date(2017, 6, 1)
        return award_plaque(
            actor=people.office, site=site, level=xiangtan.levels[level], awarded_on=day, reason="依据"
        )

    return do


def page(response, status: int = 200) -> str:
    assert response.status_code == status
    return response.content.decode()


def shown(client, **query) -> list[str]:
    content = page(client.get(SITES, query))
    return [name for name in ("甲社区", "乙乡村") if f"{name}的故事" in content]


def test_a_published_site(client, publish, award, on_day):
    story = publish()
    on_day(2017, 6, 1)
    plaque = award(story.site)
    content = page(client.get(f"{SITES}{story.site_id}/"))
    for words in (
        "同心社区甲的故事",
        "摘要文字",
        "<p>第二段。</p>",
        plaque.number,
        "Xiangtan County",
        "居民听宣讲",
    ):
        assert words in content
    for words in ("0731-00000000", "某路1号", "主任", "csrf"):
        assert words not in content


def test_only_released_sites_have_a_page(client, people, publish, make_site):
    story, other = publish(), make_site(name="未发布")
    draft = write_story(actor=people.county, site=other, title="草稿", summary="-", text="-")
    assert page(client.get(f"{SITES}{other.pk}/"), 404)
    offer_story(actor=people.county, story=draft)
    assert page(client.get(f"{SITES}{other.pk}/"), 404)
    withdraw_story(actor=people.office, story=story, reason="有误")
    assert page(client.get(f"{SITES}{story.site_id}/"), 404)
    photo = story.photos.get()
    assert client.get(reverse("publicity:portal_photo", args=[photo.pk])).status_code == 404


def test_a_closed_site_is_no_longer_shown(client, people, publish):
    story = publish()
    close_site(actor=people.county, site=story.site, reason="撤")
    assert page(client.get(f"{SITES}{story.site_id}/"), 404)
    assert "的故事" not in page(client.get(START))


def test_the_list_by_area_category_level_and_name(client, publish, xiangtan, award, on_day):
    first = publish(name="甲社区")
    publish(name="乙乡村", category="village")
    on_day(2017, 6, 1)
    award(first.site)
    village, city = xiangtan.categories["village"].pk, xiangtan.levels["city"].pk
    assert shown(client) == ["甲社区", "乙乡村"]
    assert shown(client, category=village) == shown(client, q="乙") == shown(client, q="yxc") == ["乙乡村"]
    assert shown(client, level=city) == ["甲社区"]
    assert shown(client, area=xiangtan.areas["湘潭县"].pk) == ["甲社区", "乙乡村"]
    assert shown(client, area=xiangtan.areas["韶山市"].pk) == shown(client, level="x") == []


def test_pictures_only_of_released_stories(client, publish, people):
    photo = publish().photos.get()
    url = reverse("publicity:portal_photo", args=[photo.pk])
    answer = client.get(url)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "public, max-age=60")
    assert client.get(url, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.get(reverse("publicity:portal_thumbnail", args=[photo.pk])).status_code == 200
    Photo.objects.update(state="withdrawn")
    assert client.get(url).status_code == 404
    StoryPhoto.objects.all().delete()
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_pages_take_the_same_queries(client, publish, django_assert_num_queries, count):
    for number in range(count):
        publish(name=f"点{number}")
    story = publish(name="末")
    with django_assert_num_queries(7):
        client.get(SITES)
    with django_assert_num_queries(3):
        client.get(f"{SITES}{story.site_id}/")


def test_the_statistics_are_those_of_the_ledger(client, people, publish, make_site, award, on_day):
    on_day(2017, 6, 1)
    first, second = make_site(name="甲"), make_site(name="乙", category="village")
    award(first, "city")
    plaque = award(second, "city")
    on_day(2017, 8, 15)
    revoke_plaque(actor=people.office, plaque=plaque, reason="复核不合格")
    one = figures()[0]
    city = next(grid for grid in one.levels if grid.title in ("City level", "市级"))
    assert (city.total, sum(city.sums)) == (1, 1)
    year = one.years[0]
    assert (year.year, year.total, year.revoked) == (2017, 2, 1)
    assert page(client.get(FIGURES)).count("<table") == 4


def test_the_public_ledger(client, people, make_site, award, on_day):
    on_day(2017, 6, 1)
    kept, lost = award(make_site(name="=甲")), award(make_site(name="乙"))
    on_day(2017, 8, 15)
    revoke_plaque(actor=people.office, plaque=lost, reason="-")
    answer = client.get("/public/ledger.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        "Number", "Level", "Site", "Category", "County or park", "Awarded on", "State",
        "In this state since",
    ]  # fmt: skip
    assert rows[1][0] == kept.number
    assert rows[1][2] == "'=甲"
    assert rows[2][5:] == ["2017-06-01", "Revoked", "2017-08-15"]
    answer = client.get("/public/ledger.json")
    found = json.loads(b"".join(answer.streaming_content))
    assert (found["as_of"], [row["state"] for row in found["plaques"]]) == (
        "2017-08-15",
        ["valid", "revoked"],
    )
    assert sorted(found["plaques"][0]) == [
        "area", "awarded_on", "category", "check", "level", "number", "since", "site", "state",
    ]  # fmt: skip


def test_the_feed_the_dates_and_the_sitemap(client, publish, settings):
    settings.PUBLIC_ADDRESS = "https://sites.example"
    story = publish()
    address = f"https://sites.example/public/sites/{story.site_id}/"
    feed = ElementTree.fromstring(client.get("/public/news.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = [
        (e.find(f"{atom}title").text, e.find(f"{atom}link").get("href")) for e in feed.iter(f"{atom}entry")
    ]
    assert entries == [("同心社区甲的故事", address)]
    assert feed.find(f"{atom}author/{atom}name").text == feed.find(f"{atom}title").text
    dates = Calendar.from_ical(client.get("/public/dates.ics").content)
    days = sorted(event.decoded("dtstart") for event in dates.walk("VEVENT"))
    assert datetime.date(2017, 5, 31) in days
    assert all("ATTENDEE" not in event for event in dates.walk("VEVENT"))
    sitemap = client.get("/public/sitemap.xml").content.decode()
    assert f"<loc>{address}</loc>" in sitemap
    robots = client.get("/robots.txt").content.decode()
    assert robots.splitlines()[:2] == ["User-agent: *", "Allow: /public/"]
    assert "Sitemap: https://sites.example/public/sitemap.xml?p=1" in robots
    assert client.get("/public/sitemap.xml?p=9").status_code == 404


# --- the cache --------------------------------------------------------------------------------------------------


@pytest.fixture
def real_cache(settings):
    """The cache of an installation instead of the tests' empty one."""
    settings.CACHES = settings.CACHES | {
        "portal": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "portal-test"}
    }
    caches["portal"].clear()
    yield
    caches["portal"].clear()


def test_a_page_is_made_once_a_minute_and_gone_a_minute_later(
    client, publish, people, real_cache, monkeypatch, django_assert_num_queries
):
    story = publish()
    url, begun = f"{SITES}{story.site_id}/", time.time()
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun)
    first = client.get(url)
    assert first["Cache-Control"] == "public, max-age=60"
    withdraw_story(actor=people.office, story=story, reason="有误")
    # Forty seconds later it may lie in a browser for twenty more, no longer.
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun + 40)
    with django_assert_num_queries(0):
        again = client.get(url)
    assert (again.content, again["Cache-Control"]) == (first.content, "public, max-age=20")
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun + 61)
    caches["portal"].clear()
    assert client.get(url).status_code == 404


def test_the_ledger_is_written_once_a_minute_for_everybody(
    client, people, make_site, award, on_day, real_cache, monkeypatch, django_assert_num_queries
):
    on_day(2017, 6, 1)
    plaque, url, begun = award(make_site(name="甲")), "/public/ledger.csv", time.time()
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun)
    with django_assert_num_queries(4):
        first = client.get(url)
    whole = b"".join(first.streaming_content)
    assert (first["Cache-Control"], first["Content-Length"]) == ("public, max-age=60", str(len(whole)))
    revoke_plaque(actor=people.office, plaque=plaque, reason="-")
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun + 40)
    with django_assert_num_queries(0):
        again = client.get(url)
        unchanged = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (b"".join(again.streaming_content), again["Cache-Control"]) == (whole, "public, max-age=20")
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", first["ETag"])
    monkeypatch.setattr(portal_cache.time, "time", lambda: begun + 61)
    caches["portal"].clear()
    later = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (later.status_code, "Revoked" in b"".join(later.streaming_content).decode()) == (200, True)


def test_old_files_of_the_ledger_are_removed(client, xiangtan, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    b"".join(client.get("/public/ledger.csv").streaming_content)
    (old,) = (tmp_path / "portal").iterdir()
    an_hour_ago = time.time() - 3600
    os.utime(old, (an_hour_ago, an_hour_ago))
    b"".join(client.get("/public/ledger.json").streaming_content)
    (kept,) = (tmp_path / "portal").iterdir()
    assert (kept == old, kept.read_text()[:10]) == (False, '{"as_of": ')


def test_each_language_has_its_page_and_nobody_a_cookie(client, publish, people, real_cache):
    publish()
    english = client.get(START)
    client.cookies["django_language"] = "zh-hans"
    chinese = client.get(START)
    assert ('lang="en"' in page(english), '<html lang="zh-hans"' in page(chinese)) == (True, True)
    assert (dict(english.cookies), dict(chinese.cookies)) == ({}, {})
    assert {part.strip() for part in english["Vary"].split(",")} == {"Cookie", "Accept-Language"}
    client.force_login(people.county)
    own = client.get(START)
    assert own.content == chinese.content
    assert "private" in own["Cache-Control"]


def test_an_unchanged_page_is_not_sent_again(client, publish):
    publish()
    first = client.get(SITES)
    again = client.get(SITES, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_no_list_understands_makes_no_page_of_its_own(client, publish, real_cache):
    publish()
    for number in range(5):
        client.get(SITES, {"utm": number})
    assert len(caches["portal"]._cache) == 1


def test_the_language_is_chosen_by_a_link(client, xiangtan):
    answer = client.get("/public/language/zh-hans/?next=/public/figures/")
    assert (answer.url, answer.cookies["django_language"].value) == ("/public/figures/", "zh-hans")
    assert client.get("/public/language/en/?next=https://elsewhere.example/").url == START
    assert client.get("/public/language/xx/").status_code == 404


@pytest.mark.parametrize("address", [START, SITES, FIGURES, "/public/ledger.csv", "/public/news.atom"])
def test_nothing_is_written_through_the_portal(client, xiangtan, address):
    assert client.post(address).status_code == 405
