"""Registering an earlier plaque through its page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from sites.models import Plaque
from tests.applications.conftest import png


@pytest.fixture
def register(people, xiangtan, make_site):
    """register(paper=…): the answer to the filled form, in English."""
    address = reverse("sites:plaque_register", args=[make_site().pk])
    client = Client()
    client.force_login(people.county)
    client.cookies["django_language"] = "en"

    def send(**fields):
        values = {
            "level": xiangtan.levels["city"].pk,
            "number": "潭同社〔2015〕8号",
            "awarded_on": "2015-11-20",
        }
        return client.post(address, values | fields)

    return send


def test_with_its_paper_it_is_registered(register):
    assert register(paper=png()).status_code == 302
    assert Plaque.objects.get().number == "潭同社〔2015〕8号"


def test_without_its_paper_the_form_says_so_beside_the_field(register):
    page = register()
    assert page.context["form"].errors == {"paper": ["This field is required."]}
    assert Plaque.objects.count() == 0


def test_a_paper_beyond_the_limit_is_named_and_the_rest_stays(register, settings):
    settings.UPLOAD_MAX_MEGABYTES = 1
    page = register(paper=SimpleUploadedFile("big.pdf", b"%PDF-1.4" + b"0" * 3_000_000))
    (error,) = page.context["form"].errors["paper"]
    assert error.startswith("“big.pdf” is larger than 1 MB.")
    assert "潭同社〔2015〕8号" in page.content.decode()
    assert Plaque.objects.count() == 0
