"""The pages of findings: the list, one finding, its steps and what they say."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts import clock
from supervision.finding_letters import make_letters
from supervision.finding_selectors import findings_for_list, with_next_step
from supervision.finding_todo import waiting_for
from supervision.models import Coordination, Finding, OfficeProposal
from supervision.services.escalation import climb_overdue, stamp_letter
from tests.applications.conftest import png
from tests.assessments.reviewing import plaque_of  # noqa: F401 - fixture
from tests.supervision.finding_fixtures import (  # noqa: F401
    again,
    cast,
    climbed,
    found,
    more_time,
    referred,
    reported,
)

LIST = "/supervision/findings/"


@pytest.fixture(autouse=True)
def _in_english(xiangtan):
    translation.activate("en")


def client_of(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def say(answer) -> str:
    return answer.content.decode()


def page(finding) -> str:
    return reverse("supervision:finding", args=[finding.pk])


def take(client, finding, name, **said) -> str:
    return say(client.post(reverse("supervision:finding_step", args=[finding.pk, name]), said, follow=True))


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    found, cast, on_day, django_assert_num_queries  # noqa: F811
):  # fmt: skip
    first = reported(cast, found())
    client = client_of(cast.county)
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        assert "1 entry" in say(client.get(LIST))
    for number in range(28):
        found(site=first.site, text=f"问题{number}", owner=cast.units.town)
    reported(cast, found("同心社区乙", text="另一处"))
    with django_assert_num_queries(LIST_QUERIES):
        assert "30 entries" in say(client.get(LIST))
    on_day(2017, 6, 8)
    climb_overdue()
    for asked, count in (
        ({"q": "问题7"}, 1), ({"q": "txsqy"}, 1), ({"state": "overdue"}, 28), ({"state": "pending"}, 28),
        ({"state": "reported"}, 2), ({"kind": "defect"}, 0), ({"severity": "major"}, 30),
        ({"ladder": "reminded"}, 28), ({"owner": cast.units.town.pk}, 30), ({"owner": 0}, None),
    ):  # fmt: skip
        if count is not None:
            words = f"{count} entry" if count == 1 else f"{count} entries"
            assert words in say(client.get(LIST, asked | {"sort": "-due"})), asked
    assert client.get(LIST, {"export": "xlsx", "state": "overdue"}).status_code == 200
    assert "0 entries" in say(client_of(cast.neighbour).get(LIST))


#: Session, person, roles, units reached …, the rows and their count, the choices of the filters, the calendar.
LIST_QUERIES = 15


def test_the_page_takes_as_many_queries_with_a_long_story(
    climbed, found, cast, on_day, django_assert_num_queries  # noqa: F811
):  # fmt: skip
    finding = found()
    client = client_of(cast.town)
    client.get(page(finding))
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(page(finding))
    for number in range(15):
        finding.reports.create(text=f"报告{number}", made_by=cast.town, made_at=clock.now())
    with django_assert_num_queries(PAGE_QUERIES + 1):
        assert "报告14" in say(client.get(page(finding)))


#: One more for the files once there is a report.
PAGE_QUERIES = 27


def test_the_town_reports_and_the_group_says_what_is_missing(found, cast):  # noqa: F811
    finding = found()
    town, group = client_of(cast.town), client_of(cast.group)
    shown = say(town.get(page(finding)))
    assert ("Report what was done" in shown, "Record the second look" in shown) == (True, False)
    assert "possible from 7 June 2017" in shown
    assert "Hand in" not in take(town, finding, "report", text="", files=png("屋顶.png"))
    assert again(finding).state == "open"
    assert "The rectification is reported." in take(
        town, finding, "report", text="已修", files=png("屋顶.png")
    )
    file = finding.files.get()
    answer = group.get(reverse("supervision:finding_file", args=[file.pk]))
    assert (answer.status_code, "attachment" in answer.headers["content-disposition"]) == (200, True)
    said = {"checked_on": "2017-05-22", "is_settled": "no", "note": ""}
    assert "Write what is still missing" in take(group, finding, "recheck", **said)
    assert "is a day off" in take(
        group, finding, "recheck", **said | {"note": "渗水", "due_on": "2017-05-28"}
    )
    take(group, finding, "recheck", **said | {"note": "渗水", "due_on": "2017-06-05"})
    assert str(again(finding).due_on) == "2017-06-05"
    assert "Only members of" in take(town, finding, "drop", reason="不属实")


def test_a_question_and_its_answer_on_the_page(found, cast):  # noqa: F811
    finding = found()
    town = client_of(cast.town)
    shown = say(town.get(page(finding)))
    assert "Economic Liaison Section · " in shown
    take(town, finding, "refer", to_unit=cast.units.section.pk, question="需维修资金")
    assert "The clock stands still" in say(town.get(page(finding)))
    section = client_of(cast.section)
    assert f'href="{page(finding)}"' in say(section.get("/"))
    assert "The answer is given." in take(section, finding, "answer", answer="资金已落实")
    assert Coordination.objects.get().state == "answered"
    assert client_of(cast.neighbour).get(page(finding)).status_code == 404


def test_more_time_on_the_page(found, cast, on_day):  # noqa: F811
    finding = found()
    town, group = client_of(cast.town), client_of(cast.group)
    assert "At most 20 working days more in all." in say(town.get(page(finding)))
    assert "21 working days more; 20 are left" in take(
        town, finding, "extend", until="2017-07-05", reason="等材料"
    )
    take(town, finding, "extend", until="2017-06-13", reason="等材料")
    assert "waits for its answer already" in say(town.get(page(finding)))
    take(group, finding, "extension", granted="yes", reason="同意")
    assert str(again(finding).due_on) == "2017-06-13"
    on_day(2017, 6, 14)
    assert "The day was over on 13 June 2017" in say(town.get(page(finding)))


def test_the_office_takes_a_proposal_up(climbed, cast, plaque_of):  # noqa: F811
    finding = climbed("propose", site=plaque_of("甲社区", 2014).site)
    office, group = client_of(cast.office), client_of(cast.group)
    assert "Record the decision on it" not in say(group.get(page(finding)))
    assert "Write the reason" in take(office, finding, "proposal", outcome="lay_aside", reason="")
    take(office, finding, "proposal", outcome="revoke", reason="同意")
    shown = say(office.get(page(finding)))
    assert "/reviews/proposals/" in shown or "proposal" in shown
    assert (OfficeProposal.objects.get().state, Finding.objects.get().site.plaques.get().state) == (
        "taken_up",
        "valid",
    )


def test_a_step_that_is_none(found, cast):  # noqa: F811
    finding, client = found(), client_of(cast.office)
    assert client.post(reverse("supervision:finding_step", args=[finding.pk, "revoke"])).status_code == 404
    assert client.get(reverse("supervision:finding_step", args=[finding.pk, "drop"])).status_code == 302
    for name in ("extension", "proposal"):
        said = {"granted": "yes", "outcome": "take_up", "reason": "-"}
        answer = client.post(reverse("supervision:finding_step", args=[finding.pk, name]), said)
        assert answer.status_code == 404


def test_the_site_s_page_names_its_findings(found, cast):  # noqa: F811
    finding = found()
    assert "活动室漏雨" in say(client_of(cast.county).get(f"/sites/{finding.site_id}/"))


def next_for(person, finding) -> tuple[str, str]:
    """What list, page and workbook say is next, and by when."""
    (row,) = with_next_step(findings_for_list(person).filter(pk=finding.pk))
    client = client_of(person)
    assert str(row.next).replace("'", "&#x27;") in say(client.get(page(finding)))
    assert str(row.next).replace("'", "&#x27;") in say(client.get(LIST))
    return str(row.next), str(row.next.due or "")


def test_next_is_who_is_waited_for(found, climbed, cast):  # noqa: F811
    finding = found()
    owner, group = f"{finding.owner}: Put it right and report", finding.group
    assert next_for(cast.county, finding) == (owner, "2017-06-06")
    more_time(cast, finding)
    for person in (cast.county, cast.group):
        assert next_for(person, finding) == (f"{group}: Decide on the request for more time", "2017-06-06")
    other = referred(cast, found("同心社区乙"))
    by = str(Coordination.objects.get().answer_by)
    assert next_for(cast.county, other) == ("Economic Liaison Section: Answer the question", by)
    proposed = climbed("propose", name="同心社区丙")
    for person in (cast.county, cast.group):
        assert next_for(person, proposed) == ("Leadership office: Answer the group's proposal", "")


def test_after_the_letter_its_day_counts_for_the_report(climbed, cast):  # noqa: F811
    finding = climbed("letter")
    owner = f"{finding.owner}: Put it right and report"
    make_letters()
    assert next_for(cast.group, finding) == ("Seal keeper: Seal the reminder letter", "")
    # To the owner unit there is no letter yet.
    assert next_for(cast.county, finding) == (owner, "2017-06-06")
    assert [str(todo.due) for todo in waiting_for(cast.county) if finding.number in todo.detail] == [
        "2017-06-06"
    ]
    assert "Reminder letter being prepared" in say(client_of(cast.county).get(LIST))
    stamp_letter(actor=cast.group, letter=finding.letter)
    for person in (cast.group, cast.county, cast.town):
        assert next_for(person, finding) == (owner, "2017-06-16")
    (todo,) = [todo for todo in waiting_for(again_as(cast.county)) if finding.number in todo.detail]
    assert (str(todo.due), "overdue since 6 June 2017" in todo.text) == ("2017-06-16", True)
    assert "Overdue since 6 June 2017, by 3 working days." in say(client_of(cast.town).get(page(finding)))


def again_as(person):
    return type(person).objects.get(pk=person.pk)


def test_what_is_over_is_not_called_closed_like_a_site(found, cast):  # noqa: F811
    finding = reported(cast, found())
    take(client_of(cast.group), finding, "recheck", checked_on="2017-05-22", is_settled="yes", note="属实")
    for address in (page(finding), LIST):
        assert "Closed after the second look</span>" in say(client_of(cast.county).get(address))
