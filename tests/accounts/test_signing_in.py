"""Signing in, the lock after five failures, the idle limit, and the first password."""

import datetime

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.selectors import is_locked
from accounts.services import create_user
from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(client, username="office", password=PASSWORD, **headers):
    return client.post(LOGIN, {"username": username, "password": password}, **headers)


def refused(username="office"):
    events = AuditEvent.objects.filter(action="login", result="refused", actor_name=username)
    return list(events.order_by("id").values_list("reason", flat=True))


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


def test_a_person_lands_on_the_inbox(client, people):
    response = sign_in(client)
    assert (response.status_code, response.url) == (302, "/")
    event = AuditEvent.objects.get(action="login", result="done")
    assert (event.actor, event.address) == (people.office, "127.0.0.1")


def test_the_last_sign_in_is_of_the_day_the_clock_shows(client, people):
    """The programme of the tests plays in May 2017; the machine's own date would stand out beside it."""
    sign_in(client)
    seen = User.objects.get(username="office").last_login
    assert timezone.localdate(seen) == datetime.date(2017, 5, 22)


def test_pages_ask_for_a_log_in(client, people):
    response = client.get(reverse("notices:list"))
    assert response.url == "/accounts/login/?next=/messages/"
    assert sign_in(client).status_code == 302


def test_a_wrong_password_is_told_and_kept(client, people):
    response = sign_in(client, password="Wrong-2017!")
    assert response.status_code == 200
    assert b"Please enter a correct username and password" in response.content
    event = AuditEvent.objects.get(action="login", result="refused")
    assert (event.actor, event.actor_name, event.unit) == (None, "office", people.office.unit)


def test_what_is_typed_for_a_name_is_kept_only_when_it_is_one(client, people):
    """People type their password into the wrong field."""
    sign_in(client, username="My-Secret-1!", password="x")
    event = AuditEvent.objects.get(action="login", result="refused")
    assert (event.actor_name, event.unit) == ("Unknown user name", None)
    assert "My-Secret-1!" not in str(vars(event))


@pytest.mark.parametrize("username", ["", "\x00", "a" * 1000])
def test_odd_names_are_refused_in_the_form(client, people, username):
    assert sign_in(client, username=username).status_code == 200


def test_five_failures_lock_the_account(client, people):
    statuses = [sign_in(client, password=f"Wrong-{n}!").status_code for n in range(5)]
    assert statuses == [200, 200, 200, 200, 429]
    response = sign_in(client)
    assert response.status_code == 429
    assert b"The account is locked for half an hour" in response.content
    assert "_auth_user_id" not in client.session
    assert refused() == ["Wrong user name or password."] * 4 + ["The account is locked."] * 2
    assert is_locked(people.office)
    assert not is_locked(people.county)


def test_the_lock_holds_whatever_the_address(client, people):
    for n in range(5):
        sign_in(client, password="Wrong-1!", REMOTE_ADDR=f"10.0.0.{n}")
    assert sign_in(client, REMOTE_ADDR="10.0.1.1").status_code == 429
    assert sign_in(client, username="county").status_code == 302


def lock_began(minutes: int) -> None:
    """Move the failures into the past."""
    began = timezone.now() - datetime.timedelta(minutes=minutes)
    assert AccessAttempt.objects.update(attempt_time=began) == 1


def test_the_lock_ends_by_itself(client, people):
    for _ in range(5):
        sign_in(client, password="Wrong-1!")
    lock_began(minutes=29)
    assert sign_in(client).status_code == 429
    lock_began(minutes=31)
    assert not is_locked(people.office)
    assert sign_in(client).status_code == 302


def test_tries_while_locked_do_not_lengthen_the_lock(client, people):
    for _ in range(5):
        sign_in(client, password="Wrong-1!")
    lock_began(minutes=29)
    began = AccessAttempt.objects.get().attempt_time
    sign_in(client, password="Wrong-1!")
    assert AccessAttempt.objects.get().attempt_time == began


def test_a_right_password_sets_the_count_back(client, people):
    for _ in range(2):
        for _ in range(4):
            sign_in(client, password="Wrong-1!")
        assert sign_in(client).status_code == 302
        client.logout()


def test_the_system_administrator_unlocks(client, people):
    for _ in range(5):
        sign_in(client, password="Wrong-1!")
    client.force_login(people.system_admin)
    address = reverse("accounts:user", args=[people.office.pk])
    assert "Unlock the account" in client.get(address).content.decode()
    assert client.post(reverse("accounts:unlock", args=[people.office.pk])).url == address
    assert "Unlock the account" not in client.get(address).content.decode()
    assert AuditEvent.objects.get(action="user.unlock").object_label == "office"
    client.logout()
    assert sign_in(client).status_code == 302


@pytest.mark.parametrize(
    ("who", "status"), [("security_admin", 404), ("office", 404), ("other_city", 404), ("nobody", 404)]
)
def test_others_do_not_unlock(client, people, who, status):
    client.force_login(getattr(people, who))
    assert client.post(reverse("accounts:unlock", args=[people.county.pk])).status_code == status


# --- the idle limit -----------------------------------------------------------------------------------------


@pytest.fixture
def session(client, people):
    """The session of a person who has opened a page just now."""
    sign_in(client)
    client.get(reverse("notices:list"))
    return Session.objects.get()


def last_seen(client, seconds: int) -> None:
    """Let the person's last page lie so many seconds back."""
    store = client.session
    store["seen"] -= seconds
    store.save()
    Session.objects.update(expire_date=F("expire_date") - datetime.timedelta(seconds=seconds))


def test_a_session_lives_thirty_idle_minutes(client, session):
    assert client.session.get_expiry_age() == 1800
    left = session.expire_date - timezone.now()
    assert datetime.timedelta(seconds=1740) < left <= datetime.timedelta(seconds=1800)


@pytest.mark.parametrize(("idle", "status"), [(29 * 60, 200), (30 * 60, 302)])
def test_idleness_ends_a_session(client, session, idle, status):
    last_seen(client, seconds=idle)
    assert client.get(reverse("notices:list")).status_code == status


def test_activity_renews_a_session_at_most_once_a_minute(client, session):
    last_seen(client, seconds=58)
    before = Session.objects.get().expire_date
    assert "sessionid" not in client.get(reverse("notices:list")).cookies
    assert Session.objects.get().expire_date == before
    last_seen(client, seconds=3)
    assert client.get(reverse("notices:list")).cookies["sessionid"]["max-age"] == 1800
    assert Session.objects.get().expire_date >= before + datetime.timedelta(seconds=55)


# --- passwords ----------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(people):
    return create_user(
        actor=people.system_admin,
        username="newcomer",
        title="科长",
        unit=people.office.unit,
        password=PASSWORD,
    )


def change(client, new, old=PASSWORD):
    fields = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("accounts:password"), fields)


def test_a_first_password_is_changed_before_anything_else(client, newcomer):
    sign_in(client, username="newcomer")
    for name in ("notices:list", "supervision:list", "dashboard:inbox"):
        assert client.get(reverse(name)).url == "/accounts/password/"
    assert client.get("/accounts/password/").status_code == 200
    assert change(client, "Another-2018").url == "/"
    assert client.get(reverse("notices:list")).status_code == 200
    assert AuditEvent.objects.get(action="password.change").actor == newcomer


def test_a_first_password_cannot_stay(client, newcomer):
    sign_in(client, username="newcomer")
    response = change(client, PASSWORD)
    assert b"differs from the present one" in response.content
    assert User.objects.get(username="newcomer").must_change_password


@pytest.mark.parametrize(
    "password",
    ["Short-1", "alllowercase", "lower-case-only", "lower2017", "12345678", "LOUD-ONES", "Password1"],
)
def test_poor_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize("password", ["lower-2017", "Lower2017", "Lower-Case", "密码-lower-17", "LOUD-2017"])
def test_three_classes_are_enough(password):
    validate_password(password)
