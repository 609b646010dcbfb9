"""An installation without accounts gets its two administrators from the command line, and only once."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import RoleAssignment, User


@pytest.fixture
def answers(monkeypatch):
    """What a person types at the prompts."""
    names = iter(["sys", "sec"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(names))
    monkeypatch.setattr("getpass.getpass", lambda prompt: "Erst-2017!")


def test_two_people_with_one_role_each_who_must_change_their_password(xiangtan, answers):
    call_command("first_admin")
    assert dict(RoleAssignment.objects.values_list("user__username", "role")) == {
        "sys": "system_admin",
        "sec": "security_admin",
    }
    assert set(User.objects.values_list("must_change_password", flat=True)) == {True}
    client = Client()
    client.force_login(User.objects.get(username="sys"))
    assert client.get("/").url == "/accounts/password/"
    with pytest.raises(CommandError):
        call_command("first_admin")


def test_without_units_it_says_what_to_do_first(db, answers):
    with pytest.raises(CommandError, match="load_programme"):
        call_command("first_admin")


def test_a_weak_password_opens_nothing(xiangtan, answers, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "12345678")
    with pytest.raises(CommandError):
        call_command("first_admin")
    assert not User.objects.exists()
