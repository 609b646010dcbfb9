"""What stands on the screen when something is not there, not allowed, or broken."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client
from django.urls import include, path, reverse


def refuse(request: HttpRequest):
    raise PermissionDenied


def fail(request: HttpRequest):
    raise ZeroDivisionError


urlpatterns = [path("refuse/", refuse), path("fail/", fail), path("", include("config.urls"))]


@pytest.fixture
def visit(db, people):
    """visit("/address/", user, language): the answer with its text."""

    def get(address, user=None, language="zh-hans"):
        client = Client(raise_request_exception=False)
        client.cookies["django_language"] = language
        if user:
            client.force_login(user)
        response = client.get(address)
        return response, response.content.decode()

    return get


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "页面不存在，或您无权查看"), ("en", "This page does not exist, or you may not see it")],
)
def test_what_is_not_there_leads_back_to_the_to_do_list(visit, people, language, words):
    for user, address in (
        (people.county, "/sites/99999/"),
        (people.county, "/nowhere/"),
        (None, "/nowhere/"),
    ):
        response, text = visit(address, user, language)
        assert response.status_code == 404
        assert f"<h1>{words}" in text
        assert f'href="{reverse("dashboard:inbox")}">' in text.split("<main")[1]


def test_what_is_of_a_neighbour_looks_the_same_as_what_is_not_there(visit, people, make_site):
    site = make_site()
    # The form token and the address asked for differ with every answer.
    pages = [visit(f"/sites/{pk}/", people.neighbour)[1].split("<main")[1] for pk in (site.pk, 99999)]
    assert pages[0] == pages[1]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "您无权进行此操作"), ("en", "You may not do this")]
)
def test_what_is_not_allowed_says_so(visit, people, language, words):
    response, text = visit("/refuse/", people.county, language)
    assert response.status_code == 403
    assert f"<h1>{words}" in text


def test_a_form_without_its_token_says_what_to_do(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.county)
    client.cookies["django_language"] = "en"
    response = client.post(reverse("accounts:password"))
    assert response.status_code == 403
    assert "load the page again" in response.content.decode()


@pytest.mark.urls(__name__)
def test_a_fault_has_a_page_of_its_own_in_both_languages(visit, people, caplog):
    response, text = visit("/fail/", people.county, "en")
    assert response.status_code == 500
    assert "系统出错，操作未完成" in text
    assert "Something went wrong; the step was not completed" in text
    assert "ZeroDivisionError" not in text
    assert "ZeroDivisionError" in caplog.text
