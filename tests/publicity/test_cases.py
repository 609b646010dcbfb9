"""Exemplary cases from the draft to the selection."""

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.errors import DomainError, StaleForm
from dashboard.inbox import waiting
from notices.models import Message
from publicity.case_rules import MOST_PHOTOS, why_not_case_action
from publicity.enums import CASE_TRANSITIONS, CaseAction, CaseState
from publicity.models import CasePhoto, ExemplaryCase, Story, StoryPhoto
from publicity.services.cases import (
    add_case_photo,
    change_case,
    remove_case_photo,
    take_case_step,
    write_case,
)
from sites.services import close_site
from tests.sites.life import photo_file

WORDS = {"title": "同心讲堂", "summary": "每月一讲", "text": "做法。\n\n成效。"}
PHOTO = {"caption": "讲堂", "alt": "居民听讲"}


@pytest.fixture
def write(xiangtan, people):
    """write(site=None): the draft of a case of 湘潭县."""

    def do(site=None, **words):
        area = xiangtan.areas["湘潭县"]
        return write_case(actor=people.county, cycle=xiangtan.cycle, area=area, site=site, **WORDS | words)

    return do


@pytest.fixture
def nominated(write, people):
    return take_case_step(actor=people.county, case=write(), action="nominate")


def test_a_case_from_draft_to_selection(write, people, make_site):
    case = write(site=make_site())
    assert (case.state, case.initials) == ("draft", "txjt")
    take_case_step(actor=people.county, case=case, action="nominate", revision=1)
    take_case_step(actor=people.office, case=case, action="return", reason="补充成效")
    case = change_case(actor=people.county, case=case, revision=1, **WORDS | {"text": "补充。"})
    take_case_step(actor=people.county, case=case, action="nominate", revision=2)
    take_case_step(actor=people.office, case=case, action="select", revision=2)
    rows = case.log.values_list("action", "from_state", "to_state", "reason")
    assert list(rows) == [
        ("nominate", "draft", "nominated", ""),
        ("return", "nominated", "draft", "补充成效"),
        ("nominate", "draft", "nominated", ""),
        ("select", "nominated", "selected", ""),
    ]
    hashes = list(case.log.values_list("content_hash", flat=True))
    assert (hashes[0] == hashes[1], hashes[1] == hashes[2], hashes[2] == hashes[3]) == (True, False, True)
    told = Message.objects.order_by("id").values_list("recipient__username", flat=True)
    assert list(told) == ["office", "county", "office", "county"]
    assert {case.title in subject for subject in Message.objects.values_list("subject", flat=True)} == {True}


#: Who may take which step in which state: everybody not named may not, whatever the state.
TABLE = {
    ("draft", "nominate"): {"county"},
    ("nominated", "return"): {"office"},
    ("nominated", "select"): {"office"},
    ("nominated", "decline"): {"office"},
    ("draft", "withdraw"): {"county"},
    ("nominated", "withdraw"): {"county"},
}


def test_the_table_knows_every_move():
    assert set(TABLE) == set(CASE_TRANSITIONS)


@pytest.mark.parametrize("state", CaseState.values)
def test_state_by_action_by_person(write, people, state):
    """Every step in every state by everybody: what is not in the table changes nothing."""
    case = write()
    went = {}
    for action in CaseAction.values:
        for name, person in vars(people).items():
            ExemplaryCase.objects.filter(pk=case.pk).update(state=state)
            try:
                take_case_step(actor=person, case=case, action=action, reason="理由")
            except DomainError:
                assert ExemplaryCase.objects.get().state == state
            else:
                went.setdefault((state, action), set()).add(name)
    assert went == {key: names for key, names in TABLE.items() if key[0] == state}


@pytest.mark.parametrize("action", ["return", "decline"])
def test_a_decision_against_it_needs_its_reason(nominated, people, action):
    with translation.override("en"):
        assert "reason" in str(why_not_case_action(people.office, nominated, action, " ").text)
    with pytest.raises(DomainError):
        take_case_step(actor=people.office, case=nominated, action=action)


def test_who_may_write_and_where(xiangtan, people, make_site):
    area, elsewhere = xiangtan.areas["湘潭县"], make_site(name="别处", area="韶山市")
    place = {"cycle": xiangtan.cycle, "area": area}
    for person in (people.neighbour, people.office, people.leader):
        with pytest.raises(DomainError):
            write_case(actor=person, **place, **WORDS)
    with pytest.raises(DomainError):
        write_case(actor=people.county, site=elsewhere, **place, **WORDS)
    closed = make_site(name="已撤")
    close_site(actor=people.county, site=closed, reason="撤")
    with pytest.raises(DomainError):
        write_case(actor=people.county, site=closed, **place, **WORDS)
    xiangtan.cycle.state = "closed"
    with pytest.raises(DomainError):
        write_case(actor=people.county, **place, **WORDS)


def test_a_title_stands_once_in_an_area_s_year(write, people):
    write()
    with pytest.raises(DomainError, match="同心讲堂"):
        write(title=" 同心讲堂 ")
    other = write(title="别的")
    with pytest.raises(DomainError, match="同心讲堂"):
        change_case(actor=people.county, case=other, revision=1, **WORDS)


def test_what_was_changed_meanwhile_is_looked_at_again(write, people):
    case = write()
    change_case(actor=people.county, case=case, revision=1, **WORDS)
    with pytest.raises(StaleForm):
        change_case(actor=people.county, case=case, revision=1, **WORDS)
    with pytest.raises(StaleForm):
        take_case_step(actor=people.county, case=case, action="nominate", revision=1)
    take_case_step(actor=people.county, case=case, action="nominate", revision=2)
    with pytest.raises(DomainError):
        change_case(actor=people.county, case=case, revision=2, **WORDS)


def test_photos_are_shrunk_and_bare_and_nine_at_most(write, people):
    case = write()
    photo = add_case_photo(actor=people.county, case=case, picture=photo_file(size=(2400, 1200)), **PHOTO)
    assert (photo.width, photo.height, photo.position) == (2000, 1000, 1)
    assert b"Phone 1" not in photo.image.read()
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, width=1, height=1, position=number, **PHOTO)
        for number in range(2, MOST_PHOTOS + 1)
    )
    with pytest.raises(DomainError, match="9"):
        add_case_photo(actor=people.county, case=case, picture=photo_file(), **PHOTO)
    remove_case_photo(actor=people.county, photo=photo)
    assert case.photos.count() == MOST_PHOTOS - 1
    take_case_step(actor=people.county, case=case, action="nominate")
    with pytest.raises(DomainError):
        remove_case_photo(actor=people.county, photo=case.photos.first())
    with pytest.raises(DomainError):
        add_case_photo(actor=people.county, case=case, picture=photo_file(), **PHOTO)


def test_files_of_a_removed_photo_go_with_the_commit(write, people, django_capture_on_commit_callbacks):
    case, photos = write(), {"actor": people.county, "picture": photo_file(), **PHOTO}
    gone = add_case_photo(case=case, **photos)
    shown = add_case_photo(case=case, **photos | {"picture": photo_file()})
    StoryPhoto.objects.create(
        story=Story.objects.create(case=case, area=case.area, written_at=case.written_at, **WORDS),
        **{
            name: getattr(shown, name) for name in ("caption", "alt", "image", "thumbnail", "width", "height")
        },
    )
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        for photo in (gone, shown):
            remove_case_photo(actor=people.county, photo=CasePhoto.objects.get(pk=photo.pk))
        assert gone.image.storage.exists(gone.image.name)
    for callback in callbacks:
        callback()
    kept = [file.storage.exists(file.name) for one in (gone, shown) for file in (one.image, one.thumbnail)]
    # A text for the public shows the second one by its files.
    assert kept == [False, False, True, True]


def test_a_draft_is_its_area_s_own(write, people):
    case = write()
    seen = [
        name for name, person in vars(people).items() if ExemplaryCase.objects.visible_to(person).exists()
    ]
    assert seen == ["county"]
    take_case_step(actor=people.county, case=case, action="nominate")
    seen = [
        name for name, person in vars(people).items() if ExemplaryCase.objects.visible_to(person).exists()
    ]
    assert seen == ["county", "office", "leader"]


def test_what_waits_for_whom(nominated, people):
    url = reverse("publicity:case", args=[nominated.pk])

    def waits(person) -> bool:
        vars(person).pop("_role_assignments", None)
        return url in [item.todo.url for item in waiting(person)]

    assert [waits(person) for person in (people.office, people.county, people.other_city)] == [
        True,
        False,
        False,
    ]
    take_case_step(actor=people.office, case=nominated, action="return", reason="补充")
    assert [waits(person) for person in (people.office, people.county, people.neighbour)] == [
        False,
        True,
        False,
    ]


# --- pages ------------------------------------------------------------------------------------------------------


def test_written_and_nominated_in_the_browser(client, people, make_site):
    site = make_site()
    client.force_login(people.county)
    url = f"{reverse('publicity:case_new')}?site={site.pk}"
    assert client.get(url).status_code == 200
    client.post(url, WORDS)
    case = ExemplaryCase.objects.get()
    assert (case.site, case.area, case.text) == (site, site.area, "做法。\n\n成效。")
    client.post(reverse("publicity:case_photo_add", args=[case.pk]), {"picture": photo_file(), **PHOTO})
    photo = case.photos.get()
    assert client.get(reverse("publicity:case_thumbnail", args=[photo.pk]))["Content-Type"] == "image/jpeg"
    client.post(reverse("publicity:case_edit", args=[case.pk]), WORDS | {"title": "新题", "revision": "2"})
    step = reverse("publicity:case_step", args=[case.pk])
    client.post(step, {"action": "nominate", "revision": "2"})
    case.refresh_from_db()
    assert (case.title, case.state) == ("新题", "draft")
    client.post(step, {"action": "nominate", "revision": "3"})
    client.force_login(people.office)
    assert "新题" in client.get(reverse("publicity:case", args=[case.pk])).content.decode()
    answer = client.post(step, {"action": "return", "reason": "补充", "revision": "3"})
    assert answer.url == reverse("publicity:cases")


def test_a_stale_form_keeps_what_was_typed_and_saves_when_sent_again(client, people, write):
    case = write()
    edit = reverse("publicity:case_edit", args=[case.pk])
    change_case(actor=people.county, case=case, revision=1, **WORDS | {"summary": "别处写的"})
    client.force_login(people.county)
    typed = WORDS | {"text": "我写的正文"}
    answer = client.post(edit, typed | {"revision": "1"})
    form = answer.context["form"]
    assert [value for _label, value in answer.context["now_there"]] == ["别处写的", "做法。\n\n成效。"]
    assert (form["text"].value(), form["revision"].value()) == ("我写的正文", 2)
    client.post(edit, typed | {"revision": "2"})
    assert ExemplaryCase.objects.get().text == "我写的正文"


def test_a_returned_draft_says_why_until_it_is_nominated_again(client, people, nominated):
    take_case_step(actor=people.office, case=nominated, action="return", reason="补充成效数据")
    client.force_login(people.county)
    page = client.get(reverse("publicity:case", args=[nominated.pk]))
    assert [str(row.to_label) for row in page.context["log"]] == ["已推荐", "退回修改"]
    assert page.context["returned"].reason == "补充成效数据"
    take_case_step(actor=people.county, case=nominated, action="nominate")
    assert client.get(reverse("publicity:case", args=[nominated.pk])).context["returned"] is None


def test_a_refused_picture_is_told_at_its_field_and_the_caption_kept(client, people, write):
    client.force_login(people.county)
    address = reverse("publicity:case_photo_add", args=[write().pk])
    form = client.post(address, {"picture": photo_file("a.exe"), **PHOTO}).context["photo_form"]
    assert (list(form.errors), form["caption"].value()) == (["picture"], "讲堂")


def test_a_form_without_its_words_says_so(client, people):
    client.force_login(people.county)
    answer = client.post(reverse("publicity:case_new"), {"title": "题"})
    assert sorted(answer.context["form"].errors) == ["summary", "text"]


def test_the_list_is_filtered_and_exported(client, people, write, nominated, make_site):
    write(title="文旅融合", site=make_site(name="同心乡村", category="village"))
    client.force_login(people.county)

    def titles(**query):
        answer = client.get(reverse("publicity:cases"), query)
        return [case.title for case in answer.context["listing"].page]

    assert titles() == ["文旅融合", "同心讲堂"]
    assert titles(q="txjt") == titles(state="nominated") == ["同心讲堂"]
    assert titles(q="乡村") == ["文旅融合"]
    assert client.get(reverse("publicity:cases"), {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(client, people, write, django_assert_num_queries, count):
    for number in range(count):
        write(title=f"案例{number}")
    client.force_login(people.county)
    with django_assert_num_queries(20):
        assert len(client.get(reverse("publicity:cases")).context["listing"].page) == min(count, 25)
