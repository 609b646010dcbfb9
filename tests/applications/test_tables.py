"""The summary of a year's applications as an office hands it up."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from applications.models import Application
from applications.services import accept, conclude, grant_extra_place, submit, withdraw
from applications.tables import application_summary


@pytest.fixture
def filed(xiangtan, people, draft, fill):
    """filed("甲社区"): an application of 湘潭县 handed in today."""

    def make(name):
        application = submit(actor=people.county, application=fill(draft(name), people.county))
        return Application.objects.get(pk=application.pk)

    return make


def rows(person, cycle):
    with translation.override("en"):
        return [
            (group.title, *row) for group in application_summary(person, cycle).groups for row in group.rows
        ]


def test_what_was_filed_stands_there_with_its_result(xiangtan, people, filed, draft, on_day):
    declined = filed("甲社区")
    accept(actor=people.office, application=declined)
    conclude(actor=people.office, application=declined, awarded=False, reason="分数不足")
    grant_extra_place(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=xiangtan.levels["city"],
        area=xiangtan.areas["湘潭县"],
        reason="考察认可",
    )
    on_day(2017, 5, 23)
    second = filed("乙社区")
    grant_extra_place(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=xiangtan.levels["city"],
        area=xiangtan.areas["湘潭县"],
        reason="再次考察认可",
    )
    withdraw(actor=people.county, application=filed("丙社区"), reason="材料不齐")
    draft("丁社区")
    fixed = ["Tongxin Community", "Xiangtan County", "主任"]
    found = [
        ("City level (2)", declined.number, "甲社区", *fixed, "22 May 2017", "Not awarded", "分数不足"),
        ("City level (2)", second.number, "乙社区", *fixed, "23 May 2017", "Submitted", "Extra place"),
    ]
    assert rows(people.office, xiangtan.cycle) == found
    assert rows(people.county, xiangtan.cycle) == found
    assert rows(people.neighbour, xiangtan.cycle) == []
    with translation.override("en"):
        table = application_summary(people.office, xiangtan.cycle)
    assert table.total == "In all 2 applications of 1 counties and parks."
    assert table.title == "Summary of the applications of 2017 Four Tongxin Demonstration Sites"


def test_who_may_draw_it_up(xiangtan, people):
    url = reverse("applications:summary_table", args=[xiangtan.cycle.pk])
    answers = {}
    for name, person in vars(people).items():
        client = Client()
        client.force_login(person)
        answers[name] = client.get(url).status_code
    assert {name for name, status in answers.items() if status == 200} == {
        "county",
        "neighbour",
        "office",
        "leader",
    }
    assert set(answers.values()) == {200, 404}
