"""What another system reads with a token: its own unit's rows, page by page, and nothing beside."""

import pytest
from django.test import Client

from sites.models import Plaque, Site
from sites.services import revoke_plaque
from tests.api.conftest import bearer, token_for

LISTS = ("sites", "plaques", "applications", "coverage")


@pytest.fixture
def get(scene):
    """get("sites?limit=1"): the answer to the token of 湘潭县, as JSON, with status 200."""

    def do(address: str, secret: str = "", status: int = 200):
        answer = Client().get(f"/api/v1/{address}", headers=bearer(secret or scene.secret))
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    return do


def test_a_site(get, scene):
    row = get("sites?limit=1")["items"][0]
    held = Plaque.objects.filter(site=row["id"]).order_by("level__rank")
    own = {"code": "xiangtanxian", "name": "湘潭县", "name_en": "Xiangtan County"}
    assert row == {
        "id": Site.objects.order_by("pk").first().pk,
        "name": "湘潭县0号",
        "programme": {
            "code": "xiangtan-sitong",
            "name": "四同创建",
            "name_en": "Four Tongxin Demonstration Sites",
        },
        "category": {"code": "community", "name": "同心社区", "name_en": "Tongxin Community"},
        "area": own,
        "unit": own,
        "state": "active",
        "flagship": False,
        "registered_at": row["registered_at"],
        "changed_at": row["changed_at"],
        "plaques": [
            {
                "id": held[0].pk,
                "number": "潭县同社〔2017〕1号",
                "level": {"code": "county", "name": "县级", "name_en": "County level"},
            },
            {
                "id": held[1].pk,
                "number": "潭同社〔2017〕1号",
                "level": {"code": "city", "name": "市级", "name_en": "City level"},
            },
        ],
    }
    assert row["registered_at"] < row["changed_at"]
    assert get(f"sites/{row['id']}") == row


def test_a_plaque_and_what_became_of_it(get, people, on_day, settings):
    settings.PUBLIC_ADDRESS = "https://sites.example.cn"
    plaque = Plaque.objects.get(number="潭同社〔2017〕1号")
    row = get("plaques?number=潭同社〔2017〕1号")["items"][0]
    assert {key: row[key] for key in ("id", "site", "state", "awarded_on", "held_since", "ended_on")} == {
        "id": plaque.pk,
        "site": {"id": plaque.site_id, "name": "湘潭县0号"},
        "state": "valid",
        "awarded_on": "2017-05-20",
        "held_since": "2017-05-20",
        "ended_on": None,
    }
    assert row["check_url"] == f"https://sites.example.cn/public/plaques/{plaque.check_code}/"
    on_day(2017, 8, 15)
    revoke_plaque(actor=people.office, plaque=plaque, reason="不合格")
    changed = get("plaques?updated_since=2017-08-01")["items"]
    assert [(row["id"], row["state"], row["ended_on"]) for row in changed] == [
        (plaque.pk, "revoked", "2017-08-15")
    ]
    assert get("plaques?updated_since=2017-08-16T00:00:00%2B08:00")["items"] == []
    # A zone no place has, as a machine may write it.
    assert get("plaques?updated_since=2017-08-16T14:28:00%2B22:28")["items"] == []
    assert get("plaques?updated_since=0001-01-01T00:00:00%2B14:00") == get("plaques")
    assert get("plaques?updated_since=9999-12-31T23:59:59-14:00")["items"] == []
    assert [row["name"] for row in get("sites?updated_since=2017-08-01")["items"]] == ["湘潭县0号"]


def test_an_application_says_where_it_stands_and_not_what_it_says(get):
    row = get("applications?limit=1")["items"][0]
    assert sorted(row) == [
        "area", "category", "filed_at", "id", "level", "number", "programme", "since", "site", "state", "year",
    ]  # fmt: skip
    assert (row["state"], row["year"], row["level"]["code"]) == ("submitted", 2017, "city")
    # Filing stamps the form, then the log: the same day, not the same millisecond.
    assert (row["since"][:10], row["filed_at"][:10]) == ("2017-05-22", "2017-05-22")


def test_coverage(get):
    row = get("coverage?limit=1")["items"][0]
    kept = ("medium", "outlet_level", "outlet", "published_on", "title", "url", "reprint_of", "state")
    assert {key: row[key] for key in kept} == {
        "medium": "press",
        "outlet_level": "city",
        "outlet": "某日报",
        "published_on": "2017-05-01",
        "title": "湘潭县0号的一天",
        "url": "",
        "reprint_of": None,
        "state": "recorded",
    }


@pytest.mark.parametrize(
    ("unit", "counts"),
    [
        ("湘潭县", {"sites": 4, "plaques": 7, "applications": 3, "coverage": 3}),
        ("韶山市", {"sites": 2, "plaques": 4, "applications": 2, "coverage": 2}),
        ("雨湖区", {"sites": 0, "plaques": 0, "applications": 0, "coverage": 0}),
        ("湘潭市", {"sites": 6, "plaques": 11, "applications": 5, "coverage": 5}),
    ],
)
def test_every_unit_reads_its_own(get, xiangtan, people, unit, counts):
    """Drafts are nobody else's: the token of their own county does not read them either."""
    place = xiangtan.areas.get(unit, xiangtan.city)
    secret = token_for(people, place)
    found = {name: get(name, secret)["items"] for name in LISTS}
    assert {name: len(rows) for name, rows in found.items()} == counts
    if place != xiangtan.city:
        assert {row["area"]["code"] for rows in found.values() for row in rows} <= {place.code}


def test_rows_of_others_are_not_there(get, scene):
    theirs = Site.objects.filter(area=scene.other).first()
    for address in (
        f"sites/{theirs.pk}",
        f"plaques/{theirs.plaques.first().pk}",
        f"applications/{theirs.applications.get().pk}",
        f"applications/{Site.objects.get(name='草稿的示范点').applications.get().pk}",
        "sites/9223372036854775807",
    ):
        assert get(address, status=404)["status"] == 404
    assert get(f"sites?area={scene.other.code}")["items"] == []


def test_page_by_page_every_row_comes_once(get):
    seen, after = [], 0
    while after is not None:
        page = get(f"plaques?limit=3&after={after}")
        seen.append([row["id"] for row in page["items"]])
        after = page["next"]
    assert [len(page) for page in seen] == [3, 3, 1]
    everything = [row["id"] for row in get("plaques")["items"]]
    assert [key for page in seen for key in page] == everything == sorted(everything)


def test_filters(get, people):
    assert len(get("sites?level=city")["items"]) == 3
    assert len(get("sites?category=park")["items"]) == 0
    assert len(get("sites?state=closed")["items"]) == 0
    assert len(get("plaques?level=county&year=2017&state=valid")["items"]) == 4
    assert len(get("plaques?year=2016")["items"]) == 0
    assert len(get("applications?state=submitted&year=2017&level=city&category=community")["items"]) == 3
    assert len(get("applications?state=accepted")["items"]) == 0
    assert len(get("coverage?medium=press&year=2017")["items"]) == 3
    assert len(get("coverage?medium=tv")["items"]) == 0


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=x",
        "after=-1",
        "after=9223372036854775808",
        "state=nonsense",
        "area=%00",
        "updated_since=1495411200",
        f"area={'x' * 101}",
    ],
)
def test_what_is_not_understood_is_said(get, query):
    problem = get(f"sites?{query}", status=422)
    assert (problem["status"], problem["errors"][0]["where"]) == (422, f"query.{query.partition('=')[0]}")


def test_no_field_holds_persons_papers_or_drafts(scene):
    private = {
        "person_in_charge": "张某某", "contact": "李某某", "phone": "0731-1", "profile": "内部简介",
        "address": "某路99号",
    }  # fmt: skip
    Site.objects.update(**private)
    Plaque.objects.update(reason="内部依据", paper_name="award.pdf")
    for name in LISTS:
        text = Client().get(f"/api/v1/{name}", headers=bearer(scene.secret)).content.decode()
        found = [word for word in (*private.values(), "内部依据", "award.pdf", "申报内容") if word in text]
        assert (name, found) == (name, [])
    assert (
        "草稿的示范点"
        not in Client().get("/api/v1/applications", headers=bearer(scene.secret)).content.decode()
    )


#: Token, units, rows; with the sites their plaques.
QUERIES = {"sites": 4, "plaques": 3, "applications": 3, "coverage": 3}


@pytest.mark.parametrize("name", LISTS)
def test_thirty_rows_cost_as_many_queries_as_one(
    name, xiangtan, people, add_things, django_assert_num_queries
):
    add_things("湘潭县", 1)
    headers, client = bearer(token_for(people, xiangtan.areas["湘潭县"])), Client()
    client.get(f"/api/v1/{name}", headers=headers)
    with django_assert_num_queries(QUERIES[name]):
        assert len(client.get(f"/api/v1/{name}", headers=headers).json()["items"]) in (1, 2)
    add_things("湘潭县", 29, start=1)
    with django_assert_num_queries(QUERIES[name]):
        assert len(client.get(f"/api/v1/{name}", headers=headers).json()["items"]) in (30, 60)
