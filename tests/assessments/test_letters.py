"""The letter on a plaque taken back: numbered without gap, made once, kept, and found wherever it was lost."""

import datetime
import hashlib
import io

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from accounts import clock
from assessments.letters import make_letters
from assessments.models import RevocationLetter, RevocationProposal
from assessments.services import decide_proposal, propose_revocation
from assessments.services.revocations import number_letter
from notices.models import Message
from sites.models import Plaque
from sites.services import award_own_plaque, revoke_plaque
from tests.assessments.reviewing import plaque_of  # noqa: F401 - fixture


@pytest.fixture
def taken_back(plaque_of, people):  # noqa: F811
    """taken_back("甲社区", 2014): a city plaque a leader decided to take back today."""

    def make(name="甲社区", year=2014, reason="阵地已挪作他用") -> Plaque:
        plaque = plaque_of(name, year)
        proposal = propose_revocation(actor=people.office, plaque=plaque, reason=reason)
        decide_proposal(
            actor=people.leader, proposal=proposal, approved=True, minutes_number="部务会纪要〔2017〕15号",
            opinion="同意收回",
        )  # fmt: skip
        return Plaque.objects.get(pk=plaque.pk)

    return make


def words(letter: RevocationLetter) -> str:
    pages = pypdf.PdfReader(io.BytesIO(letter.pdf.open().read())).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def test_the_letter_says_what_was_decided_and_is_made_once(taken_back, people):
    plaque = taken_back()
    assert [make_letters(), make_letters()] == [1, 0]
    letter = RevocationLetter.objects.get()
    assert (letter.plaque, letter.number, letter.issued_on) == (
        plaque,
        "潭统收〔2017〕1号",
        datetime.date(2017, 5, 22),
    )
    kept = letter.pdf.open().read()
    assert letter.pdf_sha256 == hashlib.sha256(kept).hexdigest()
    text = words(letter)
    for part in (
        "潭统收〔2017〕1号", "湘潭县统战部门：", "潭同社〔2014〕甲社区号", "因阵地已挪作他用，",
        "部务会纪要〔2017〕15号", "自2017年5月22日起收回", "于2017年6月6日前", "2017年5月22日",
    ):  # fmt: skip
        assert part in text, part
    assert Message.objects.filter(recipient=people.county, body=letter.number).count() == 1
    client = Client()
    client.force_login(people.county)
    answer = client.get(reverse("assessments:letter", args=[plaque.pk]))
    assert b"".join(answer.streaming_content) == kept


def test_numbers_have_neither_gaps_nor_doubles_and_begin_anew_each_year(taken_back):
    for name in ("甲社区", "乙社区"):
        taken_back(name)
    assert make_letters() == 2
    clock.set_today(datetime.date(2018, 1, 2))
    taken_back("丙社区")
    assert make_letters() == 1
    assert list(RevocationLetter.objects.order_by("id").values_list("number", flat=True)) == [
        "潭统收〔2017〕1号",
        "潭统收〔2017〕2号",
        "潭统收〔2018〕1号",
    ]


def test_killed_after_numbering_the_next_round_prints_that_number(taken_back):
    plaque = taken_back()
    content = {"site": "甲社区", "level": "市级", "reason": "如前所述", "issuer": "中共湘潭市委统战部"}
    number_letter(plaque=plaque, pattern="潭统收〔{year}〕{number}号", content=content)
    assert make_letters() == 1
    letter = RevocationLetter.objects.get()
    assert letter.number == "潭统收〔2017〕1号"
    assert "如前所述" in words(letter)


def test_a_county_plaque_and_a_scheme_without_letter_get_none(taken_back, people, make_site, xiangtan):
    site = make_site("乙社区")
    own = award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    revoke_plaque(actor=people.county, plaque=own, reason="撤销")
    assert make_letters() == 0
    taken_back("丙社区")
    del xiangtan.cycle.review["letter"]
    xiangtan.cycle.save()
    assert make_letters() == 0


def test_the_public_sees_it_at_once(taken_back):
    plaque = taken_back()
    client = Client()
    page = client.get(reverse("publicity:taken_back")).content.decode()
    for part in ("甲社区", "潭同社〔2014〕甲社区号", "2017年5月22日"):
        assert part in page
    assert RevocationProposal.objects.get().reason not in page
    check = client.get(reverse("publicity:plaque", args=[plaque.check_code])).content.decode()
    assert "2017年5月22日" in check
