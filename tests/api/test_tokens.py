"""Tokens: who gives and ends them, that nothing but their digest is kept, and whom the door lets in."""

import datetime
import hashlib

import pytest
from django.test import Client

from accounts import clock
from accounts.errors import DomainError
from accounts.limits import CountingFileCache, seconds_to_wait
from accounts.models import ApiToken, AuditEvent
from accounts.services import create_token, revoke_token
from tests.api.conftest import bearer, token_for
from tests.assessments.test_races import at_once


def call(secret: str | None, path: str = "sites", **headers):
    return Client().get(f"/api/v1/{path}", headers=(bearer(secret) if secret is not None else {}) | headers)


def page_of(person) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def test_given_and_ended_on_pages(xiangtan, people):
    admin, county = page_of(people.security_admin), xiangtan.areas["湘潭县"]
    assert 'href="/accounts/access/"' in admin.get("/").content.decode()
    entered = {
        "name": "省系统",
        "unit": county.pk,
        "scopes": ["sites", "plaques"],
        "expires_on": "2017-12-31",
    }
    made = admin.post("/accounts/access/new/", entered)
    secret = made.context["secret"]
    assert (made.status_code, secret in made.content.decode()) == (200, True)
    assert "no-store" in made["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.prefix, token.digest) == (secret[:8], hashlib.sha256(secret.encode()).hexdigest())
    assert (token.scopes, token.unit, token.created_by) == (
        ["plaques", "sites"],
        county,
        people.security_admin,
    )
    listed = admin.get("/accounts/access/").content.decode()
    for words, there in (
        ("省系统", True),
        (token.prefix, True),
        (secret, False),
        ("never", True),
        ("In force", True),
    ):
        assert (words in listed) is there, words
    assert call(secret).status_code == 200
    assert "never" not in admin.get("/accounts/access/").content.decode()
    admin.post(f"/accounts/access/{token.pk}/end/")
    assert call(secret).status_code == 401
    assert "Ended" in admin.get("/accounts/access/").content.decode()
    events = AuditEvent.objects.filter(action__startswith="apitoken").order_by("id")
    assert [(event.action, event.actor, event.detail) for event in events] == [
        ("apitoken.create", people.security_admin, {"scopes": "plaques sites"}),
        ("apitoken.revoke", people.security_admin, {}),
    ]
    assert secret not in str([event.__dict__ for event in AuditEvent.objects.all()])


def test_only_the_security_administrator_of_the_unit(xiangtan, people, make_user):
    county, day = xiangtan.areas["湘潭县"], clock.today()
    given = {"unit": county, "name": "x", "scopes": ["sites"], "expires_on": day}
    elsewhere = make_user("elsewhere", "security_admin", people.other_city.unit)
    for person in (
        people.system_admin,
        people.office,
        people.county,
        people.leader,
        people.auditor,
        elsewhere,
    ):
        with pytest.raises(DomainError):
            create_token(actor=person, **given)
    token, _secret = create_token(actor=people.security_admin, **given)
    with pytest.raises(DomainError):
        revoke_token(actor=elsewhere, token=token)
    assert page_of(elsewhere).post(f"/accounts/access/{token.pk}/end/").status_code == 404
    revoke_token(actor=people.security_admin, token=token)
    with pytest.raises(DomainError):
        revoke_token(actor=people.security_admin, token=token)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"scopes": []},
        {"scopes": ["sites", "everything"]},
        {"expires_on": datetime.date(2017, 5, 21)},
        {"expires_on": datetime.date(2018, 5, 24)},
    ],
)
def test_what_is_no_access(xiangtan, people, wrong):
    given = {
        "unit": xiangtan.city,
        "name": "x",
        "scopes": ["sites"],
        "expires_on": datetime.date(2018, 5, 23),
    }
    with pytest.raises(DomainError):
        create_token(actor=people.security_admin, **given | wrong)
    create_token(actor=people.security_admin, **given)


def test_without_a_token_that_holds_nothing_is_read(xiangtan, people, on_day):
    secret = token_for(people, xiangtan.city, days=10)
    for sent in (
        None,
        "",
        "x",
        secret[:-1],
        secret + "x",
        "\u00e9\udce9".encode("utf-8", "surrogateescape").decode("latin-1"),
    ):
        answer = call(sent)
        assert (answer.status_code, answer["WWW-Authenticate"], answer.json()["status"]) == (
            401,
            "Bearer",
            401,
        )
    assert Client().get("/api/v1/sites", headers={"Authorization": f"Basic {secret}"}).status_code == 401
    assert Client().get(f"/api/v1/sites?token={secret}").status_code == 401
    on_day(2017, 6, 1)
    assert call(secret).status_code == 200
    on_day(2017, 6, 2)
    assert call(secret).status_code == 401


def test_the_session_of_a_person_opens_no_door_of_the_api(people):
    client = Client()
    client.force_login(people.office)
    assert client.get("/api/v1/sites").status_code == 401


def test_a_scope_opens_its_own_door_only(xiangtan, people):
    secret = token_for(people, xiangtan.city, scopes=["plaques"])
    found = {
        path: call(secret, path).status_code for path in ("sites", "plaques", "applications", "coverage")
    }
    assert found == {"sites": 403, "plaques": 200, "applications": 403, "coverage": 403}
    assert call(secret, "sites/1").status_code == 403


def test_an_answer_is_kept_by_nobody_and_sets_no_cookie(xiangtan, people):
    answer = call(token_for(people, xiangtan.city))
    assert ("no-store" in answer["Cache-Control"], answer.cookies.output()) == (True, "")
    assert answer["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed(xiangtan, people, method):
    secret = token_for(people, xiangtan.city)
    for path in ("sites", "plaques", "applications", "coverage", "sites/1"):
        answer = getattr(Client(enforce_csrf_checks=True), method)(f"/api/v1/{path}", headers=bearer(secret))
        assert answer.status_code == 405, path


def test_too_many_calls_wait(xiangtan, people, settings):
    settings.API_CALLS_PER_TOKEN = ((3, 60), (5, 3600))
    first, second = token_for(people, xiangtan.city), token_for(people, xiangtan.city)
    assert [call(first).status_code for _time in range(4)] == [200, 200, 200, 429]
    refused = call(first)
    assert (refused.status_code, 1 <= int(refused["Retry-After"]) <= 60) == (429, True)
    assert refused.json()["status"] == 429
    assert call(second).status_code == 200


def test_its_use_is_noted_once_a_minute(xiangtan, people, django_assert_num_queries):
    secret = token_for(people, xiangtan.city)
    with django_assert_num_queries(4):  # token, note of its use, units, rows
        call(secret)
    noted = ApiToken.objects.get().last_used_at
    call(secret)
    assert ApiToken.objects.get().last_used_at == noted
    ApiToken.objects.update(last_used_at=noted - datetime.timedelta(seconds=61))
    call(secret)
    assert ApiToken.objects.get().last_used_at >= noted


def test_processes_of_one_machine_count_together(tmp_path, settings, on_day):
    """Two caches over the same files, as two processes have them."""
    on_day(2017, 5, 22)
    one, other = (CountingFileCache(str(tmp_path), {}) for _process in range(2))
    for cache in (one, other):
        cache.add("k", 0, timeout=60)

    def add(cache):
        for _time in range(20):
            cache.incr("k")

    assert at_once(*[lambda cache=cache: add(cache) for cache in (one, other, one, other)]) == ["done"] * 4
    assert (one.get("k"), other.get("k")) == (80, 80)


def test_limits_of_two_stretches():
    limits = ((2, 60), (4, 3600))
    waits = [seconds_to_wait("thing", limits) for _time in range(5)]
    assert [wait == 0 for wait in waits] == [True, True, False, False, False]
    assert seconds_to_wait("another", limits) == 0
