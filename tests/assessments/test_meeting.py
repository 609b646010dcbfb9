"""One meeting for many sites, the ranked list sent up in one go, the answers from above, and the score table."""

import datetime
import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts import clock
from accounts.errors import DomainError
from accounts.models import User
from applications.models import Application
from assessments.models import Assessment, Deliberation, Recommendation
from assessments.score_table import score_pdf, score_workbook
from assessments.selectors import assessments_for_list
from assessments.services import (
    Answer,
    Decision,
    Place,
    close_assessment,
    deliberate_together,
    record_answers,
    send_up,
)

DAY = datetime.date
SCAN = b"%PDF-1.4\n%%EOF\n"


def scan(name="纪要.pdf"):
    return SimpleUploadedFile(name, SCAN, "application/pdf")


def fresh(obj):
    return type(obj).objects.get(pk=obj.pk)


@pytest.fixture
def approved_with(many, people):
    """approved_with("90", "86.5"): province assessments the meeting approved, with these scores."""

    def make(*scores):
        rows = [many(1, level="province", state="approved", score=score)[0] for score in scores]
        for row in rows:
            Deliberation.objects.create(
                assessment=row,
                held_on=DAY(2017, 5, 22),
                minutes_number="12号",
                approved=True,
                opinion="同意",
                recorded_by=people.leader,
                recorded_at=clock.now(),
            )
        return [fresh(row) for row in rows]

    return make


# --- the meeting --------------------------------------------------------------------------------------------


def test_a_meeting_decides_on_several_sites_with_one_paper(many, people):
    rows = many(3, state="passed", score="86.50")
    given = {
        "actor": people.leader,
        "held_on": clock.today(),
        "minutes_number": "部务会纪要〔2017〕12号",
        "decisions": [
            Decision(row, row != rows[1], "同意" if row != rows[1] else "特色不明显") for row in rows
        ],
    }
    with pytest.raises(DomainError):
        deliberate_together(**given | {"minutes": scan("纪要.exe")})
    with pytest.raises(DomainError):
        deliberate_together(**given | {"decisions": []})
    made = deliberate_together(**given, minutes=scan())
    assert [fresh(row).state for row in rows] == ["approved", "declined", "approved"]
    assert {deliberation.minutes.name for deliberation in made} == {made[0].minutes.name}
    assert {deliberation.minutes_number for deliberation in made} == {"部务会纪要〔2017〕12号"}
    assert made[2].minutes.read() == SCAN
    assert fresh(rows[1].application).state == "declined"


def test_one_refusal_names_the_site_and_stops_the_whole_meeting(many, people):
    rows = many(2, state="passed", score="86.50")
    decisions = [Decision(rows[0], True, "同意"), Decision(rows[1], False, " ")]
    with pytest.raises(DomainError) as refusal:
        deliberate_together(
            actor=people.leader, held_on=clock.today(), minutes_number="12号", decisions=decisions
        )
    assert rows[1].application.site.name in refusal.value.reason.text
    assert [fresh(row).state for row in rows] == ["passed", "passed"]
    assert not Deliberation.objects.exists()


def test_the_page_of_the_meeting(many, people, signed_in, xiangtan):
    rows = many(3, state="passed", score="86.50")
    address = reverse("assessments:meeting", args=[xiangtan.cycle.pk])
    assert not signed_in(people.office).get(address).context["may_decide"]
    client = signed_in(people.leader)
    assert len(client.get(address).context["rows"]) == 3
    data = {
        "held_on": "2017-05-22",
        "minutes_number": "12号",
        "opinion": "同意授牌",
        "minutes": scan(),
        f"s{rows[0].pk}-decision": "yes",
        f"s{rows[1].pk}-decision": "no",
        f"s{rows[1].pk}-opinion": "特色不明显",
        f"s{rows[2].pk}-decision": "",
    }
    assert client.post(address, data).status_code == 302
    assert [fresh(row).state for row in rows] == ["approved", "declined", "passed"]
    assert fresh(rows[0]).deliberation.opinion == "同意授牌"
    minutes = reverse("assessments:minutes", args=[rows[0].pk])
    seen = {name: signed_in(user).get(minutes).status_code for name, user in vars(people).items()}
    assert {name for name, status in seen.items() if status == 200} == {"office", "leader"}
    assert b"".join(signed_in(people.leader).get(minutes).streaming_content) == SCAN


# --- the ranked list ----------------------------------------------------------------------------------------


def test_the_order_of_scores_needs_no_reason(approved_with, people, xiangtan):
    first, second = approved_with("90", "86.5")
    sent = send_up(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=xiangtan.levels["province"],
        places=[Place(first), Place(second)],
        sent_on=DAY(2017, 5, 22),
    )
    assert [(row.rank, row.assessment, row.reason) for row in sent] == [(1, first, ""), (2, second, "")]
    assert [fresh(row).state for row in (first, second)] == ["recommended", "recommended"]


@pytest.mark.parametrize(
    ("order", "reasons", "refused"),
    [
        # scores: a 90, b 86.5, c 86.5, d 81
        ("abcd", {}, "b"),  # equal scores
        ("abcd", {"b": "连续三年先进"}, None),
        ("bacd", {}, "b"),  # before a higher one
        ("bacd", {"b": "连续三年先进"}, None),
        ("bc", {"b": "好"}, "c"),  # the higher one is left out
        ("bc", {"b": "好", "c": "好"}, None),
        ("ab", {}, "b"),  # an equal one is left out
        ("ab", {"b": "好"}, None),
        ("a", {}, None),
        ("aa", {}, "twice"),
        ("", {}, "empty"),
    ],
)
def test_every_other_order_needs_a_persons_reason(order, reasons, refused, approved_with, people, xiangtan):
    sites = dict(zip("abcd", approved_with("90", "86.5", "86.5", "81"), strict=True))
    places = [Place(sites[name], reasons.get(name, "")) for name in order]
    given = {"cycle": xiangtan.cycle, "level": xiangtan.levels["province"], "sent_on": DAY(2017, 5, 22)}
    if refused is None:
        sent = send_up(actor=people.office, places=places, **given)
        assert [row.rank for row in sent] == list(range(1, len(order) + 1))
        return
    with pytest.raises(DomainError) as refusal:
        send_up(actor=people.office, places=places, **given)
    if refused in sites:
        assert sites[refused].application.site.name in refusal.value.reason.text
    assert not Recommendation.objects.exists()
    assert {row.state for row in Assessment.objects.all()} == {"approved"}


def test_a_list_is_the_offices_of_one_level_and_a_later_one_goes_on(approved_with, many, people, xiangtan):
    first, later = approved_with("90", "80")
    city = many(1, level="city", state="approved", score=99)[0]
    given = {"cycle": xiangtan.cycle, "level": xiangtan.levels["province"], "sent_on": DAY(2017, 5, 22)}
    for wrong in (
        {"actor": people.leader, "places": [Place(first)]},
        {"actor": people.office, "places": [Place(city)]},
        {"actor": people.office, "places": [Place(first)], "sent_on": DAY(2017, 5, 23)},
        {"actor": people.office, "places": [Place(first)], "sent_on": DAY(2017, 5, 21)},
    ):
        with pytest.raises(DomainError):
            send_up(**given | wrong)
    send_up(actor=people.office, places=[Place(first)], **given)
    (sent,) = send_up(actor=people.office, places=[Place(later)], **given)
    assert sent.rank == 2


def test_the_list_on_its_page_and_as_a_table(approved_with, people, signed_in, xiangtan):
    rows = approved_with("81", "90", "86.5")
    level = xiangtan.levels["province"]
    client, address = signed_in(people.office), f"{reverse('assessments:ranking')}?level={level.pk}"
    page = client.get(address)
    assert [row.form["rank"].value() for row in page.context["waiting"]] == [1, 2, 3]

    def send(ranks, **more):
        data = {f"s{row.pk}-rank": rank for row, rank in zip(rows, ranks, strict=True)}
        return client.post(address, data | {"sent_on": "2017-05-22"} | more).status_code

    assert send(["3", "1", "1"]) == 200  # doubled
    assert send(["3", "1", ""]) == 200  # a gap
    assert send(["3", "2", "1"]) == 200  # out of order without a reason
    assert not Recommendation.objects.exists()
    assert send(["", "2", "1"], **{f"s{rows[2].pk}-reason": "全省推广"}) == 302
    assert list(Recommendation.objects.values_list("rank", "assessment", "reason")) == [
        (1, rows[2].pk, "全省推广"),
        (2, rows[1].pk, ""),
    ]
    book = client.get(f"{reverse('assessments:ranking_table')}?level={level.pk}")
    cells = list(load_workbook(io.BytesIO(book.getvalue())).active.values)
    listed = [row for row in cells if row[1] in (1, 2)]
    assert [(row[0], row[1], row[2], row[5], row[7]) for row in listed] == [
        (1, 1, "众多社区3", 86.5, "全省推广"),
        (2, 2, "众多社区2", 90, ""),
    ]
    assert signed_in(people.leader).get(address).context["waiting"] == []


def test_one_paper_answers_for_several_sites(approved_with, people, signed_in, xiangtan):
    rows = approved_with("90", "86.5", "81")
    level = xiangtan.levels["province"]
    sent = send_up(
        actor=people.office,
        cycle=xiangtan.cycle,
        level=level,
        places=[Place(row) for row in rows],
        sent_on=DAY(2017, 5, 22),
    )
    with pytest.raises(DomainError) as refusal:  # the second lacks its number: nothing is recorded
        record_answers(
            actor=people.office,
            answered_on=DAY(2017, 5, 22),
            answer_number="湘统函〔2017〕88号",
            answers=[Answer(sent[0], True, "湘同〔2017〕17号"), Answer(sent[1], True)],
        )
    assert "众多社区2" in refusal.value.reason.text
    assert fresh(rows[0]).state == "recommended"
    address = reverse("assessments:answers", args=[xiangtan.cycle.pk, level.pk])
    assert not signed_in(people.leader).get(address).context["may_answer"]
    data = {
        "answered_on": "2017-05-22",
        "answer_number": "湘统函〔2017〕88号",
        f"s{rows[0].pk}-answer": "yes",
        f"s{rows[0].pk}-plaque_number": "湘同〔2017〕17号",
        f"s{rows[1].pk}-answer": "no",
        f"s{rows[1].pk}-reason": "名额已满",
    }
    assert signed_in(people.office).post(address, data).status_code == 302
    assert [fresh(row).state for row in rows] == ["confirmed", "declined", "recommended"]
    assert fresh(rows[0]).recommendation.plaque_number == "湘同〔2017〕17号"
    assert Application.objects.get(pk=rows[1].application_id).state == "declined"


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("page", ["meeting", "ranking", "answers", "assign_cycle"])
def test_queries_of_the_pages(page, count, many, people, signed_in, xiangtan, django_assert_num_queries):
    state = {"meeting": "passed", "ranking": "approved", "answers": "recommended", "assign_cycle": "scoring"}[
        page
    ]
    level = xiangtan.levels["province"]
    for number, row in enumerate(many(count, level="province", state=state, score="86.50"), start=1):
        if state == "recommended":
            Recommendation.objects.create(
                assessment=row, cycle=xiangtan.cycle, level=level, rank=number, sent_on=DAY(2017, 5, 22)
            )
    arguments = {"ranking": [], "answers": [xiangtan.cycle.pk, level.pk]}.get(page, [xiangtan.cycle.pk])
    client = signed_in(people.leader if page == "meeting" else people.office)
    with django_assert_num_queries(QUERIES[page]):
        client.get(reverse(f"assessments:{page}", args=arguments))


QUERIES = {"meeting": 12, "ranking": 18, "answers": 14, "assign_cycle": 17}


# --- the score table ----------------------------------------------------------------------------------------


def listed(pk):
    return assessments_for_list(User.objects.get(username="office")).get(pk=pk)


@pytest.fixture
def scored(opened, people, score):
    assessment = opened(people.assessor, people.assessor2)
    for sheet, total in zip(assessment.sheets.order_by("assessor_id"), ("90", "85.5"), strict=True):
        score(sheet, total)
    return listed(assessment.pk)


def test_the_score_table_as_a_workbook(scored, people):
    before = list(load_workbook(io.BytesIO(score_workbook(scored))).active.values)
    close_assessment(actor=people.office, assessment=scored)
    closed = listed(scored.pk)
    rows = list(load_workbook(io.BytesIO(score_workbook(closed))).active.values)
    head = rows[2]
    assert head[5:7] == ("assessor", "assessor2")
    first = next(row for row in rows if row[1] == "1.1")
    assert (first[4], first[5], first[6]) == (first[4], first[4], first[4])
    words = [row[0] for row in rows if isinstance(row[0], str)]
    assert any("(90.00 + 85.50) ÷ 2 = 87.75" in text for text in words)
    assert any("90.00 − 85.50 = 4.50" in text for text in words)
    assert before[0] != rows[0]  # marked as intermediate
    assert len(before) == len(rows) + 1


def test_the_printed_score_table_never_changes_once_closed(scored, people, on_day):
    between = score_pdf(scored)
    assert "中间稿" in PdfReader(io.BytesIO(between)).pages[0].extract_text()
    close_assessment(actor=people.office, assessment=scored)
    closed = listed(scored.pk)
    pdf, book = score_pdf(closed), score_workbook(closed)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "中间稿" not in text
    assert "(90.00 + 85.50) ÷ 2 = 87.75" in text
    # Another day, another name of an assessor, other points in the rows: the paper stays what it was.
    on_day(2019, 3, 4)
    User.objects.filter(username="assessor").update(title="改名")
    closed.sheets.update(total=1)
    assert hashlib.sha256(score_pdf(listed(scored.pk))).hexdigest() == hashlib.sha256(pdf).hexdigest()
    assert score_workbook(listed(scored.pk)) == book


def test_who_takes_the_score_table(scored, people, signed_in):
    address = reverse("assessments:score_table", args=[scored.pk, "xlsx"])

    def takers():
        return {
            name for name, user in vars(people).items() if signed_in(user).get(address).status_code == 200
        }

    assert takers() == {"office", "leader"}
    close_assessment(actor=people.office, assessment=scored)
    assert takers() == {"office", "leader", "county", "assessor", "assessor2"}
    odd = reverse("assessments:score_table", args=[scored.pk, "doc"])
    assert signed_in(people.office).get(odd).status_code == 404
