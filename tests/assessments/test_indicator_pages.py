"""The editor's pages: what they show, what they do without scripts, what is kept of what was typed."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEvent
from assessments.models import IndicatorSet
from assessments.services.indicators import start_version


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def draft(xiangtan, people):
    return start_version(
        actor=people.office, category=xiangtan.categories["community"], from_year=2018, version="2018.1"
    )


@pytest.fixture
def office(people):
    return _client(people.office)


def _client(person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client


def _url(view, *args):
    return reverse(f"assessments:indicators_{view}", args=args)


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def _typed(draft, of, **changes) -> dict:
    line = draft.indicators.get(code=of)
    names = ("code", "name", "name_en", "kind", "standard", "method", "evidence_wanted", "points", "minimum")
    values = {name: getattr(line, name) for name in names} | {
        "parent": line.parent_id,
        "revision": draft.revision,
    }
    return {name: "" if value is None else value for name, value in (values | changes).items()}


def test_from_the_list_to_a_published_version(office, xiangtan):
    category = xiangtan.categories["community"]
    assert "Make the next version" in _words(office.get(reverse("assessments:indicators")))
    assert 'value="2018"' in office.get(_url("start", category.pk)).content.decode()
    answer = office.post(_url("start", category.pk), {"from_year": 2018, "version": "2018.1"})
    draft = IndicatorSet.objects.get(state="draft")
    assert answer.url == _url("version", draft.pk)
    line = draft.indicators.get(code="1.1")
    office.post(_url("line", draft.pk, line.pk), _typed(draft, "1.1", points="8"))
    assert "the points add up to 102, not to 100" in _words(office.get(_url("version", draft.pk)))
    draft.refresh_from_db()
    publish = {"revision": draft.revision, "total": "100", "reason": "部务会纪要〔2017〕30号"}
    answer = office.post(_url("publish", draft.pk), publish)
    assert "the points add up to 102, not to 100" in _words(answer)
    assert "部务会纪要〔2017〕30号" in answer.content.decode()  # what was typed is kept
    office.post(_url("publish", draft.pk), publish | {"total": "102"})
    draft.refresh_from_db()
    assert draft.state == "published"
    words = _words(office.get(_url("version", draft.pk)))
    assert "Published and frozen." in words
    assert "Check and publish" not in words
    assert "部务会纪要〔2017〕30号" in words


def test_the_comparison_names_what_changed_from_what_to_what(office, draft):
    line = draft.indicators.get(code="1.1")
    office.post(_url("line", draft.pk, line.pk), _typed(draft, "1.1", points="8"))
    words = _words(office.get(_url("compare", draft.pk)))
    assert "From version 2017.1 to version 2018.1" in words
    assert "1.1 Part of the main work points 6 8" in words


def test_lines_are_added_moved_and_deleted_without_scripts(office, draft):
    section = draft.indicators.get(code="1")
    form = office.get(_url("line_new", draft.pk) + f"?parent={section.pk}")
    assert f'<option value="{section.pk}" selected>' in form.content.decode()
    new = {
        "kind": "yes_no",
        "parent": section.pk,
        "code": "1.5",
        "name": "有台账",
        "points": "2",
        "method": "papers",
    }
    assert office.post(_url("line_new", draft.pk), new | {"revision": 1}).url.endswith("#line-1.5")
    line = draft.indicators.get(code="1.5")
    office.post(_url("line_move", draft.pk, line.pk), {"up": "1", "revision": 2})
    codes = draft.indicators.filter(parent=section).values_list("code", flat=True)
    assert list(codes) == ["1.1", "1.2", "1.3", "1.5", "1.4"]
    office.post(_url("line_delete", draft.pk, line.pk), {"revision": 3})
    assert not draft.indicators.filter(code="1.5").exists()
    office.post(_url("delete", draft.pk), {"revision": 4})
    assert not IndicatorSet.objects.filter(pk=draft.pk).exists()


def test_a_second_window_keeps_what_was_typed_and_shows_what_was_saved(office, draft):
    line = draft.indicators.get(code="1.1")
    url = _url("line", draft.pk, line.pk)
    office.post(url, _typed(draft, "1.1", points="7", name="另一窗口"))
    answer = office.post(url, _typed(draft, "1.1", points="9", name="本窗口"))
    page = answer.content.decode()
    assert "changed in another window" in page
    assert "What the other window saved" in page
    assert "另一窗口" in page
    assert 'value="本窗口"' in page
    assert 'name="revision" value="2"' in page
    line.refresh_from_db()
    assert (line.name, line.points) == ("另一窗口", 7)
    office.post(url, _typed(draft, "1.1", points="9", name="本窗口") | {"revision": 2})
    line.refresh_from_db()
    assert (line.name, line.points) == ("本窗口", 9)


def test_a_refusal_is_told_in_words_kept_on_the_page_and_audited(office, draft):
    line = draft.indicators.get(code="1.1")
    answer = office.post(_url("line", draft.pk, line.pk), _typed(draft, "1.1", code="1.2", name="改名"))
    assert "“1.2” is used twice" in _words(answer)
    assert 'value="改名"' in answer.content.decode()
    assert AuditEvent.objects.filter(action="indicatorset.save", result="refused").count() == 1


def test_the_head_of_a_draft(office, draft):
    page = office.get(_url("edit", draft.pk))
    values = page.context["form"].initial | {"revision": 1, "pass_mark": "75", "aggregate": "median"}
    sent = {name: "" if value is None else value for name, value in values.items()}
    assert office.post(_url("edit", draft.pk), sent).status_code == 302
    draft.refresh_from_db()
    assert (draft.pass_mark, draft.aggregate, draft.revision) == (75, "median", 2)
    stale = office.post(_url("edit", draft.pk), sent | {"name": "另一个名称"})
    assert "另一个名称" in stale.content.decode()
    draft.refresh_from_db()
    assert draft.name == "同心社区考核指标"


def test_the_sum_while_typing(office, draft):
    line = draft.indicators.get(code="1.1")
    typed = {"kind": "scored", "parent": line.parent_id, "line": line.pk, "points": "9.5"}
    words = _words(office.get(_url("sums", draft.pk), typed))
    assert words.strip() == "Section 1: 23.50 · All points together: 103.50 (version before: 100)"
    veto = _words(office.get(_url("sums", draft.pk), typed | {"kind": "veto"}))
    assert veto.strip() == "Section 1: 14 · All points together: 94 (version before: 100)"
    assert office.get(_url("sums", draft.pk), {"points": "x"}).status_code == 200


def test_a_published_version_offers_nothing_to_change(office, people, xiangtan):
    found = IndicatorSet.objects.get(category=xiangtan.categories["community"])
    line = found.indicators.get(code="1.1")
    for url in (_url("edit", found.pk), _url("line", found.pk, line.pk), _url("publish", found.pk)):
        answer = office.get(url, follow=True)
        assert "is published and stays as it is" in _words(answer)
    answer = office.post(_url("line_delete", found.pk, line.pk), {"revision": 1}, follow=True)
    assert "is published and stays as it is" in _words(answer)


def test_leaders_read(people, draft):
    leader = _client(people.leader)
    words = _words(leader.get(_url("version", draft.pk)))
    assert "Sums and checks" in words
    assert "Check and publish" not in words
    assert "Read draft 2018.1" in _words(leader.get(reverse("assessments:indicators")))
    assert "Make the next version" not in _words(leader.get(reverse("assessments:indicators")))


def test_pages_take_the_same_number_of_queries_whatever_they_hold(office, draft, django_assert_num_queries):
    office.get(_url("version", draft.pk))
    with django_assert_num_queries(10):
        office.get(_url("version", draft.pk))
    section = draft.indicators.get(code="1")
    for number in range(5, 15):
        draft.indicators.create(
            indicator_set=draft, parent=section, code=f"1.{number}", order=90 + number, name="多", points=1
        )
    with django_assert_num_queries(10):
        office.get(_url("version", draft.pk))
