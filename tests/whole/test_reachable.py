"""Everything can be reached: from the inbox, by links and buttons of pages, as the people of the demonstration.

Whoever follows every link finds every page and every step that the table of doors knows, but for those that need what
the demonstration's first day does not have yet; these are named here with their reason.
"""

import re
from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from accounts.models import User
from programmes import demo
from tests.whole.test_doors import DOORS

#: Addresses alike but for their numbers that one person opens: a list's first rows lead where its last do.
MOST = 2

#: One account of the demonstration for every kind of person.
PEOPLE = (
    *("xiangtanxian", "gaoxin", "office", "leader", "assessor1", "supervisor1", "yisuhe", "seal-gaoxin"),
    *("auditor", "sysadmin", "secadmin"),
)

#: What no link leads to on the demonstration's first day: what has to be there first, and the doors behind it.
ELSEWHERE = {
    "a locked account": ["accounts:unlock"],
    "a draft of a case or of a text for the public": [
        *("case_edit", "case_photo_add", "case_photo_remove", "story_edit"),
    ],
    "a form of one's own that is filled in and saved": ["submit", "print", "scan_add", "attachment_remove"],
    "two printed versions, or one with a seal": ["compare", "seal_form", "seal_many", "sealed_pdf"],
    "a pile of scans": ["scan_batch", "scan_overrule", "scan_page"],
    "a paper in the hand": ["check_paper"],
    "another seal than the demonstration's": ["seal_new"],
    "an accepted application whose assessment is under way": [
        *("assign_automatic", "assign_cycle", "start", "discuss", "close", "evidence", "evidence_remove"),
        *("hand_in", "send_back", "score_table"),
    ],
    "an assessment that is closed": [
        *("deliberate", "minutes", "answer", "answers", "notice", "objection", "objection_decide"),
        *("award", "decline"),
    ],
    "a second version of an indicator set": [
        *("indicators_compare", "indicators_delete", "indicators_edit", "indicators_line"),
        *("indicators_line_delete", "indicators_line_move", "indicators_line_new", "indicators_publish"),
        "indicators_sums",
    ],
    "the annual review, drawn in August": [
        *("review", "review_form", "review_return", "review_visit", "review_visit_file", "review_result"),
        *("review_rectification", "review_drop", "propose", "proposal", "proposal_decide"),
        *("proposal_answer", "proposal_withdraw", "letter"),
    ],
    "a scheme that evaluates units; Xiangtan's does not": [
        name for name in DOORS if name.startswith("assessments:evaluation")
    ],
    "an absence entered": ["absence_end"],
    "a channel set up in this installation": ["channel", "channel_forget", "channel_test"],
    "a message that did not get through": ["deliveries_again", "delivery_again"],
    "a calendar feed": ["feed_revoke"],
    "work in the background": [
        "job",
        "job_cancel",
        "job_output",
        "job_progress",
        "import_result",
        "import_write",
    ],
    "a plaque handled or without its paper, a closed site": ["handling_file", "plaque_add_paper", "reopen"],
    "another site than the first two": ["liaison_end"],
    "a finding long overdue": [
        *("letter", "letter_pdf", "letter_progress", "letter_seal", "letter_stamp", "talk_file"),
        "finding_file",
    ],
    "a piece of coverage with a file or a page kept, or a likely reprint": [
        *("coverage_fetch", "coverage_file", "coverage_page", "coverage_reprint"),
    ],
    "a certificate that is printed, and access given to another system": [
        *("certificate_pdf", "certificate_seal", "certificate_stamp"),
        "end_token",
    ],
    "a meeting planned": [
        *("meeting", "meeting_agenda", "meeting_cancel", "meeting_change", "meeting_file", "meeting_hold"),
        *("meeting_move", "meeting_papers"),
    ],
    "a visit of the year not planned yet": ["plan_year"],
    "a task reported, or last year's list": ["task_confirm", "task_file", "task_return", "task_take_over"],
}


class Links(HTMLParser):
    """Addresses a page leads to: links, forms, and what htmx asks for."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("href", "action", "formaction", "hx-get", "hx-post", "data-url", "src") and value:
                self.found.append(value)


def links_of(answer) -> list[str]:
    if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
        return []
    parser = Links()
    parser.feed(answer.content.decode())
    return parser.found


def view_of(path: str) -> str | None:
    try:
        return resolve(path).view_name
    except Resolver404:
        return None


def reached_by(user) -> tuple[set[str], set[str]]:
    """The names of all views a person is led to from the inbox, and the links that lead nowhere; pages are opened,
    steps only noted."""
    client = Client()
    client.force_login(user)
    opened, reached, dead, waiting = defaultdict(set), set(), set(), [("/", "")]
    while waiting:
        address, source = waiting.pop(0)
        path = urlsplit(address).path
        view = view_of(path)
        alike = opened[re.sub(r"[0-9]+", "#", path)]
        if view is None or path in alike:
            continue
        reached.add(view)
        if DOORS.get(view, ("post",))[0] != "get" or len(alike) >= MOST:
            continue
        alike.add(path)
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append((answer.url, path))
        elif answer.status_code != 200:
            dead.add(f"{user.username}: {source} -> {address} {answer.status_code}")
        waiting += [(link, path) for link in links_of(answer) if re.match(r"/(?!/|static/)", link)]
    return reached, dead


@pytest.mark.django_db
def test_every_door_is_reached_from_the_inbox(xiangtan):
    demo.load()
    reached, dead = set(), set()
    for username in PEOPLE:
        found = reached_by(User.objects.get(username=username))
        reached |= found[0]
        dead |= found[1]
    assert dead == set()
    behind = {name.rpartition(":")[2] for names in ELSEWHERE.values() for name in names}
    assert {view.rpartition(":")[2] for view in DOORS if view not in reached} == behind
