"""The page of a score sheet: saved in part, wrong points, two windows, handing in."""

import re

import pytest
from django.urls import reverse

from assessments.models import Score


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


def typed(sheet, points, revision=1, **more) -> dict:
    """What a browser sends: points by indicator code, everything else empty."""
    lines = sheet.assessment.indicator_set.indicators.all()
    data = {f"mark_{line.pk}": points.get(line.code, "") for line in lines if line.points is not None}
    data |= {f"evidence_{line.pk}": "" for line in lines}
    return data | {"revision": revision, "summary": ""} | more


def test_a_sheet_is_saved_in_part_and_handed_in_when_complete(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    client, address = signed_in(people.assessor), reverse("assessments:sheet", args=[sheet.pk])
    hand_in = reverse("assessments:hand_in", args=[sheet.pk])
    assert client.post(address, typed(sheet, {"1.1": "5.5", "1.2": "3"}))["Location"] == (
        f"{address}?part=desk"
    )
    page = client.get(address)
    assert page.context["form"].total() == "8.5"
    assert re.search(r"<output data-total[^>]*>8.5</output> / 100", page.content.decode())
    full = {
        line.code: str(line.points) for line in sheet.assessment.indicator_set.indicators.exclude(points=None)
    }
    missing = dict(full)
    del missing["2.2"]
    response = client.post(address, typed(sheet, missing, revision=2, check="1"))
    assert response["Location"] == hand_in
    page = client.get(hand_in)
    visited = [line.code for line in sheet.assessment.indicator_set.indicators.filter(method="visit")]
    assert [indicator.code for indicator in page.context["missing"]] == sorted(["2.2", *visited])
    assert page.context["day_missing"]
    field = f"{address}?part=field"
    client.post(field, typed(sheet, full, revision=3, visited_on="2017-05-22"))
    page = client.get(hand_in)
    assert ([indicator.code for indicator in page.context["missing"]], page.context["day_missing"]) == (
        ["2.2"],
        False,
    )
    veto = sheet.assessment.indicator_set.indicators.get(code="V3")
    client.post(address, typed(sheet, full, revision=4, **{f"mark_{veto.pk}": "on"}))
    page = client.get(hand_in)
    assert (str(page.context["sum"].total), page.context["missing"]) == ("100.00", [])
    assert [indicator.code for indicator in page.context["vetoes"]] == ["V3"]
    assert client.post(hand_in, {"revision": "4"}).status_code == 200  # looked at before the last save
    assert fresh(sheet).handed_in_at is None
    assert client.post(hand_in, {"revision": "5"}).status_code == 302
    assert (str(fresh(sheet).total), fresh(sheet).vetoed) == ("100.00", True)
    assert client.get(hand_in)["Location"] == address
    assert client.get(address).context["sheet"].handed_in_at


@pytest.mark.parametrize("points", ["6.01", "-1", "3.333", "abc", "NaN", "1e400"])
def test_wrong_points_are_named_and_the_rest_stays_typed(opened, people, signed_in, points):
    sheet = opened(people.assessor).sheets.get()
    line = sheet.assessment.indicator_set.indicators.get(code="1.1")
    data = typed(sheet, {"1.1": points, "1.2": "4.5"}, summary="总体较好")
    response = signed_in(people.assessor).post(reverse("assessments:sheet", args=[sheet.pk]), data)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {f"mark_{line.pk}"}
    html = response.content.decode()
    assert 'value="4.5"' in html
    assert "总体较好" in html
    assert not Score.objects.exists()


def test_too_long_evidence_is_refused_in_the_form(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    line = sheet.assessment.indicator_set.indicators.get(code="1.1")
    data = typed(sheet, {}) | {f"evidence_{line.pk}": "实" * 501}
    response = signed_in(people.assessor).post(reverse("assessments:sheet", args=[sheet.pk]), data)
    assert set(response.context["form"].errors) == {f"evidence_{line.pk}"}
    assert "实" * 501 in response.content.decode()


def test_a_stale_second_tab_keeps_what_was_typed_and_shows_the_other(opened, people, signed_in):
    sheet = opened(people.assessor).sheets.get()
    client, address = signed_in(people.assessor), reverse("assessments:sheet", args=[sheet.pk])
    client.post(address, typed(sheet, {"1.1": "2", "1.2": "3"}))
    stale = typed(sheet, {"1.1": "5", "1.2": "3"}, summary="第二个窗口")
    response = client.post(address, stale)
    assert response.status_code == 200
    html = response.content.decode()
    assert "第二个窗口" in html
    assert 'value="5"' in html
    blocks = [block for section in response.context["form"].sections() for block in section.blocks]
    assert [block.indicator.code for block in blocks if block.elsewhere] == ["1.1"]
    line = sheet.assessment.indicator_set.indicators.get(code="1.1")
    assert Score.objects.get(indicator=line).points == 2
    # Having seen both, the assessor keeps this one.
    assert client.post(address, stale | {"over": "2"}).status_code == 302
    assert Score.objects.get(indicator=line).points == 5


def test_a_late_save_after_handing_in_is_refused_in_words(opened, people, score, signed_in):
    sheet = opened(people.assessor).sheets.get()
    score(sheet, "90")
    response = signed_in(people.assessor).post(
        reverse("assessments:sheet", args=[sheet.pk]), typed(sheet, {"1.1": "0"})
    )
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert str(fresh(sheet).total) == "90.00"


def test_queries_of_the_sheet(opened, people, signed_in, django_assert_num_queries):
    sheet = opened(people.assessor).sheets.get()
    client, address = signed_in(people.assessor), reverse("assessments:sheet", args=[sheet.pk])
    with django_assert_num_queries(15):
        client.get(address)
    with django_assert_num_queries(15):
        client.post(address, typed(sheet, {"1.1": "5"}))
