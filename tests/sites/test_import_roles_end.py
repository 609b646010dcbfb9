"""The refused rows of a table name people and telephone numbers: whoever lost the role gets them no more."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RoleAssignment, User
from accounts.services import end_role
from notices.models import Job
from tests.sites.tables import Desk

SITE = ["湘潭县", "同心社区", "甲社区", None, "", "主任", None, "0731-1", None, None]


@pytest.fixture
def checked(people, xiangtan) -> Job:
    """A table of 湘潭县 whose only row is refused, checked."""
    desk = Desk(people.county, xiangtan.programme)
    return desk.check(desk.table(SITE))


def answer(person, job) -> int:
    client = Client()
    client.force_login(person)
    return client.get(reverse("notices:job_output", args=[job.pk])).status_code


def test_refused_rows_are_handed_out_while_the_role_lasts(checked, people):
    assert answer(people.county, checked) == 200
    end_role(actor=people.security_admin, assignment=RoleAssignment.objects.get(user=people.county))
    former = User.objects.get(pk=people.county.pk)
    assert answer(former, checked) == 404
    client = Client()
    client.force_login(former)
    page = client.get(reverse("notices:job", args=[checked.pk]))
    assert (page.status_code, "output" in page.content.decode()) == (200, False)
    assert client.get(reverse("sites:import_result", args=[checked.pk])).status_code == 404


def test_nor_to_a_locked_account_that_is_still_signed_in(checked, people):
    client = Client()
    client.force_login(people.county)
    User.objects.filter(pk=people.county.pk).update(is_active=False)
    shut = client.get(reverse("notices:job_output", args=[checked.pk]))
    assert (shut.status_code, shut.url.split("?")[0]) == (302, "/accounts/login/")
