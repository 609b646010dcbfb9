"""The lists of assessments: filtered, exported as shown, ranked, and their queries."""

import datetime
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import AuditEvent
from assessments.models import Assessment, Deliberation
from assessments.services import recommend


def test_the_list_is_filtered_and_exported_as_shown(many, xiangtan, people, signed_in):
    many(2)
    many(1, level="province", state="passed", score="86.50")
    client, address = signed_in(people.office), reverse("assessments:list")

    def names(**query):
        return [row.application.site.name for row in client.get(address, query).context["rows"]]

    assert names() == ["众多社区3", "众多社区2", "众多社区1"]
    assert names(sort="site") == ["众多社区1", "众多社区2", "众多社区3"]
    assert names(level=xiangtan.levels["province"].pk) == ["众多社区3"]
    assert names(state="scoring", sort="-site") == ["众多社区2", "众多社区1"]
    assert names(q="zdsq2") == ["众多社区2"]
    assert names(q="many-001") == ["众多社区1"]
    assert names(area=xiangtan.areas["韶山市"].pk) == []
    response = client.get(address, {"state": "passed", "export": "xlsx"})
    rows = list(load_workbook(io.BytesIO(response.getvalue())).active.values)
    assert len(rows) == 2
    assert rows[1][0] == "众多社区3"
    assert rows[1][7] in (86.5, "86.50")
    assert AuditEvent.objects.filter(action="assessment.export", actor=people.office).count() == 1


def test_an_assessors_own_sheets_come_first_with_the_day(many, people, again, signed_in):
    many(1, assessor=people.assessor)
    page = signed_in(people.assessor).get(reverse("assessments:list"))
    assert [sheet.due for sheet in page.context["own_sheets"]] == [datetime.date(2017, 11, 30)]


def test_the_ranking_marks_equal_scores(many, xiangtan, people, signed_in):
    rows = [
        many(1, level="province", state="approved", score=score)[0]
        for score in ("86.50", "90", "86.50", "81")
    ]
    for row in rows:
        _deliberated(row, people)
    recommend(
        actor=people.office,
        assessment=Assessment.objects.get(pk=rows[2].pk),
        rank=1,
        reason="连续三年先进",
        sent_on=datetime.date(2017, 5, 22),
    )
    page = signed_in(people.office).get(reverse("assessments:ranking"))
    assert [(row.place, str(row.score), row.tied) for row in page.context["rows"]] == [
        (1, "90.00", False),
        (2, "86.50", True),
        (2, "86.50", True),
        (4, "81.00", False),
    ]
    assert "连续三年先进" in page.content.decode()
    city = signed_in(people.office).get(reverse("assessments:ranking"), {"level": xiangtan.levels["city"].pk})
    assert city.context["level"] == xiangtan.levels["province"]


def _deliberated(assessment, people):
    Deliberation.objects.create(
        assessment=assessment,
        held_on=datetime.date(2017, 5, 22),
        minutes_number="12号",
        approved=True,
        opinion="同意",
        recorded_by=people.leader,
        recorded_at=assessment.started_at,
    )


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_list(count, many, people, signed_in, django_assert_num_queries):
    many(count, assessor=people.assessor)
    many(count, state=None)  # accepted, to be opened
    client = signed_in(people.office)
    with django_assert_num_queries(23):
        client.get(reverse("assessments:list"))
    client = signed_in(people.assessor)
    with django_assert_num_queries(16):
        client.get(reverse("assessments:list"))


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_export(count, many, people, signed_in, django_assert_num_queries):
    many(count, assessor=people.assessor)
    client = signed_in(people.office)
    with django_assert_num_queries(13):
        client.get(reverse("assessments:list"), {"export": "xlsx"})


@pytest.mark.parametrize("count", [1, 30])
def test_queries_of_the_ranking(count, many, people, signed_in, django_assert_num_queries):
    for row in many(count, level="province", state="approved", score="86.50"):
        _deliberated(row, people)
    client = signed_in(people.office)
    with django_assert_num_queries(18):
        client.get(reverse("assessments:ranking"))
