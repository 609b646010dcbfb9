"""Texts for the public: written, handed in, released, replaced, taken off."""

import pytest
from django.urls import reverse

from accounts.errors import DomainError, StaleForm
from accounts.models import AuditEvent
from dashboard.inbox import waiting
from publicity.enums import STORY_TRANSITIONS, StoryAction, StoryState
from publicity.models import Story
from publicity.personal import particulars_in
from publicity.services.cases import add_case_photo, take_case_step, write_case
from publicity.services.staircase import transition
from publicity.services.stories import (
    change_story,
    drop_story,
    offer_story,
    release_story,
    send_story_back,
    withdraw_story,
    write_story,
)
from sites.models import Photo
from sites.services import add_entry, close_site
from tests.sites.life import photo_file, values_of

WORDS = {"title": "一间工作站", "summary": "连起一个社区", "text": "第一段。\n\n第二段。"}


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def photo(site, people):
    return add_entry(actor=people.county, site=site, model=Photo, **values_of(Photo))


@pytest.fixture
def write(site, people):
    """write(): a draft of the site's text."""
    return lambda **more: write_story(actor=people.county, site=site, **WORDS | more)


@pytest.fixture
def release(people):
    """release(story): handed in and released."""

    def do(story):
        offer_story(actor=people.county, story=story)
        return release_story(actor=people.office, story=story, revision=story.revision)

    return do


def test_from_the_draft_to_the_release(write, people, photo):
    story = write(photos=[photo])
    kept = story.photos.get()
    assert (kept.caption, kept.alt, kept.image.name) == ("同心讲堂", "居民听宣讲", photo.image.name)
    offer_story(actor=people.county, story=story)
    send_story_back(actor=people.office, story=story, reason="写短些")
    story = change_story(actor=people.county, story=story, revision=1, **WORDS | {"summary": "短"})
    assert (story.revision, story.photos.count()) == (2, 0)
    offer_story(actor=people.county, story=story)
    released = release_story(actor=people.office, story=story, revision=2)
    assert (released.state, released.released_at is not None) == ("released", True)
    assert list(story.log.values_list("action", "to_state")) == [
        ("offer", "offered"),
        ("send_back", "draft"),
        ("offer", "offered"),
        ("release", "released"),
    ]


def test_the_next_release_takes_the_place_of_the_last(write, release, people):
    first = release(write())
    second = write(title="新的")
    assert list(Story.objects.released()) == [first]
    release(second)
    assert dict(Story.objects.values_list("title", "state")) == {"一间工作站": "replaced", "新的": "released"}
    withdraw_story(actor=people.office, story=second, reason="有误")
    assert not Story.objects.released().exists()


def test_one_text_at_a_time_is_being_written(write):
    write()
    with pytest.raises(DomainError):
        write()


def test_a_dropped_draft_makes_room_and_leaves_what_is_released(write, release, people):
    released, draft = release(write()), write(title="写错了")
    dropped = drop_story(actor=people.county, story=draft)
    assert (dropped.state, dropped.get_state_display()) == ("withdrawn", "已取消")
    assert list(Story.objects.released()) == [released]
    with pytest.raises(DomainError):
        drop_story(actor=people.county, story=draft)
    last = AuditEvent.objects.order_by("-id").first()
    assert (last.action, last.unit) == ("story.drop", draft.area)
    assert write(title="重写").state == "draft"
    withdraw_story(actor=people.office, story=released, reason="有误")
    released.refresh_from_db()
    assert released.get_state_display() == "已撤下"


#: Who may take which step in which state. A replacement comes with the next release and is nobody's step.
TABLE = {
    ("draft", "offer"): {"county"},
    ("draft", "drop"): {"county"},
    ("offered", "send_back"): {"office"},
    ("offered", "release"): {"office"},
    ("released", "replace"): {"office"},
    ("released", "withdraw"): {"office"},
}


def test_the_table_knows_every_move():
    assert set(TABLE) == set(STORY_TRANSITIONS)


@pytest.mark.parametrize("state", StoryState.values)
def test_state_by_action_by_person(write, people, state):
    story, went = write(), {}
    released_at = story.written_at
    for action in StoryAction.values:
        for name, person in vars(people).items():
            Story.objects.filter(pk=story.pk).update(state=state, released_at=released_at)
            try:
                transition(obj=story, action=action, actor=person, reason="理由")
            except DomainError:
                assert Story.objects.get().state == state
            else:
                went.setdefault((state, action), set()).add(name)
    assert went == {key: names for key, names in TABLE.items() if key[0] == state}


def test_the_office_releases_what_it_saw(write, people):
    story = write()
    change_story(actor=people.county, story=story, revision=1, **WORDS)
    offer_story(actor=people.county, story=story)
    with pytest.raises(StaleForm):
        release_story(actor=people.office, story=story, revision=1)
    with pytest.raises(DomainError):
        change_story(actor=people.county, story=story, revision=2, **WORDS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请拨打13812345678咨询", ["13812345678"]),
        ("手机 138-1234-5678", ["138-1234-5678"]),
        ("电话０７３１－１２３４５６７８", ["0731-12345678"]),
        ("身份证43032119800101123X", ["43032119800101123X"]),
        ("账号6222 0202 0001 2345 678", ["6222 0202 0001 2345 678"]),
        ("邮箱 zhang.san@example.cn。", ["zhang.san@example.cn"]),
        ("微信号：abc_12345", ["微信号:abc_12345"]),
        ("2017年帮扶40户，投资12000000元，潭同社〔2017〕1号", []),
    ],
)
def test_what_looks_like_somebody_s(text, found):
    assert particulars_in(text, "") == found


def test_a_suspected_number_is_looked_at_before_the_release(write, people):
    story = write(text="联系 13812345678")
    offer_story(actor=people.county, story=story)
    with pytest.raises(DomainError, match="13812345678"):
        release_story(actor=people.office, story=story, revision=1)
    assert release_story(actor=people.office, story=story, revision=1, is_checked=True).state == "released"


def test_what_cannot_be_written_about(site, people, xiangtan, write):
    with pytest.raises(DomainError):
        write_story(actor=people.neighbour, site=site, **WORDS)
    case = write_case(actor=people.county, cycle=xiangtan.cycle, area=site.area, **WORDS)
    with pytest.raises(DomainError):
        write_story(actor=people.county, case=case, **WORDS)
    story = write()
    close_site(actor=people.county, site=site, reason="撤")
    with pytest.raises(DomainError):
        offer_story(actor=people.county, story=story)


def test_ten_photos_are_too_many(write, site, people, photo):
    rows = [Photo(site=site, name=str(number), width=1, height=1, image="x") for number in range(10)]
    with pytest.raises(DomainError, match="9"):
        write(photos=rows)
    assert not Story.objects.exists()


def test_what_waits_for_whom(write, people):
    story = write()
    url = reverse("publicity:story", args=[story.pk])

    def waits(person) -> bool:
        vars(person).pop("_role_assignments", None)
        return url in [item.todo.url for item in waiting(person)]

    offer_story(actor=people.county, story=story)
    assert [waits(person) for person in (people.office, people.county, people.other_city)] == [
        True,
        False,
        False,
    ]
    send_story_back(actor=people.office, story=story, reason="改")
    assert [waits(person) for person in (people.office, people.county, people.neighbour)] == [
        False,
        True,
        False,
    ]


# --- pages ------------------------------------------------------------------------------------------------------


def test_written_and_released_in_the_browser(client, people, site, photo):
    client.force_login(people.county)
    url = reverse("publicity:story_of_site", args=[site.pk])
    assert client.get(url).context["form"]["title"].value() == site.name
    client.post(url, WORDS | {"photos": [photo.pk], "text": "电话 13812345678"})
    story = Story.objects.get()
    assert client.get(url).url == reverse("publicity:story", args=[story.pk])
    edit = reverse("publicity:story_edit", args=[story.pk])
    assert client.get(edit).context["ticked"] == {str(photo.pk)}
    step = reverse("publicity:story_step", args=[story.pk])
    client.post(step, {"action": "offer"})
    client.force_login(people.office)
    page = client.get(reverse("publicity:story", args=[story.pk])).content.decode()
    assert ("13812345678" in page, 'name="is_checked"' in page) == (True, True)
    preview = client.get(reverse("publicity:story_preview", args=[story.pk])).content.decode()
    assert ("一间工作站" in preview, "csrfmiddlewaretoken" in preview) == (True, False)
    release = reverse("publicity:story_release", args=[story.pk])
    client.post(release, {"revision": "1"})
    assert Story.objects.get().state == "offered"
    client.post(release, {"revision": "1", "is_checked": "on"})
    assert Story.objects.get().state == "released"
    client.post(step, {"action": "withdraw"})
    assert Story.objects.get().state == "released"
    client.post(step, {"action": "withdraw", "reason": "有误"})
    assert Story.objects.get().state == "withdrawn"


def test_a_stale_form_keeps_what_was_typed_and_saves_when_sent_again(client, people, write):
    story = write()
    edit = reverse("publicity:story_edit", args=[story.pk])
    change_story(actor=people.county, story=story, revision=1, **WORDS | {"title": "别处的题"})
    client.force_login(people.county)
    answer = client.post(edit, WORDS | {"revision": "1"})
    assert [value for _label, value in answer.context["now_there"]] == ["别处的题"]
    assert answer.context["form"]["title"].value() == WORDS["title"]
    client.post(edit, WORDS | {"revision": answer.context["form"]["revision"].value()})
    assert Story.objects.get().title == WORDS["title"]


def test_a_draft_is_dropped_in_the_browser(client, people, write):
    story = write()
    address, step = (reverse(f"publicity:{name}", args=[story.pk]) for name in ("story", "story_step"))
    client.force_login(people.office)
    assert 'value="drop"' not in client.get(address).content.decode()
    client.post(step, {"action": "drop"})
    assert Story.objects.get().state == "draft"
    client.force_login(people.county)
    assert 'value="drop"' in client.get(address).content.decode()
    client.post(step, {"action": "drop"})
    page = client.get(address)
    assert [row.to_label for row in page.context["log"]] == ["已取消"]
    assert (Story.objects.get().state, 'value="drop"' in page.content.decode()) == ("withdrawn", False)


def test_a_new_text_begins_with_the_released_one(client, people, site, write, release, photo):
    release(write(photos=[photo]))
    client.force_login(people.county)
    page = client.get(reverse("publicity:story_of_site", args=[site.pk]))
    assert page.context["form"]["text"].value() == WORDS["text"]
    assert page.context["ticked"] == {str(photo.pk)}


def test_the_text_of_a_case_begins_with_the_case(client, people, xiangtan, site):
    case = write_case(actor=people.county, cycle=xiangtan.cycle, area=site.area, **WORDS)
    shown = add_case_photo(actor=people.county, case=case, picture=photo_file(), caption="图", alt="图中")
    take_case_step(actor=people.county, case=case, action="nominate")
    take_case_step(actor=people.office, case=case, action="select")
    client.force_login(people.county)
    page = client.get(reverse("publicity:story_of_case", args=[case.pk]))
    assert (page.context["form"]["summary"].value(), page.context["ticked"]) == (
        "连起一个社区",
        {str(shown.pk)},
    )
    client.post(reverse("publicity:story_of_case", args=[case.pk]), WORDS | {"photos": [shown.pk]})
    assert Story.objects.get().photos.get().caption == "图"


def test_only_the_site_s_own_confirmed_photos_are_chosen(client, people, site, make_site):
    other = add_entry(
        actor=people.neighbour, site=make_site(name="别处", area="韶山市"), model=Photo, **values_of(Photo)
    )
    client.force_login(people.county)
    answer = client.post(reverse("publicity:story_of_site", args=[site.pk]), WORDS | {"photos": [other.pk]})
    assert "photos" in answer.context["form"].errors
    assert not Story.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(client, people, make_site, django_assert_num_queries, count):
    for number in range(count):
        write_story(actor=people.county, site=make_site(name=f"点{number}"), **WORDS)
    client.force_login(people.county)
    with django_assert_num_queries(15):
        assert len(client.get(reverse("publicity:stories")).context["listing"].page) == min(count, 25)
