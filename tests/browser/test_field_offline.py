"""Visits without network, in a real browser: kept on the device, sent when the network is back, one record each."""

import hashlib

import pytest

from supervision.models import Finding, Inspection, InspectionPhoto
from tests.browser.conftest import follow
from tests.browser.test_axe import faults
from tests.conftest import PASSWORD
from tests.supervision.visits import member_of, picture, with_place

pytestmark = pytest.mark.django_db(transaction=True)

FIELD = "/supervision/field/"
#: What the device keeps of the photos of its visits: their announced hashes and those of the bytes themselves.
KEPT = """async () => {
  const rows = [];
  for (const draft of await Field.store.drafts()) for (const row of draft.photos) {
    const photo = await Field.store.photo(row.uid);
    rows.push([row.sha256, photo ? await Field.sha256(photo.bytes) : null]);
  }
  return rows;
}"""


@pytest.fixture
def member(people, make_user, xiangtan):
    return member_of("湘潭县", make_user, people, xiangtan)


@pytest.fixture
def site(make_site):
    return make_site()


def until(page, script: str, arg=None) -> None:
    """Wait until a script says yes. `wait_for_function` asks again by an eval inside the page, which the page's
    Content Security Policy refuses: it holds only where the first answer is yes."""
    for _time in range(300):
        if page.evaluate(script, arg):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {script}")


def take(page) -> None:
    """Open the page with network once, until the device could do without."""
    page.goto(FIELD)
    page.wait_for_selector("#list:not([hidden])")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "() => navigator.serviceWorker.controller !== null")


def write(page, site, summary: str) -> None:
    page.click("#new")
    page.select_option("#f-place", f"site:{site.pk}")
    page.fill("#f-present", "社区书记、联络员")
    page.check("input[name=item-plan][value=yes]")
    page.fill("#item-activities", "6")
    page.fill("#f-summary", summary)


def add_photos(page, *contents: bytes) -> None:
    files = [
        {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": content}
        for number, content in enumerate(contents)
    ]
    page.set_input_files("input[data-pick][multiple]", files)
    until(page, "count => document.querySelectorAll('[data-photo]').length === count", len(contents))


def state(page, word: str) -> None:
    page.wait_for_selector(f"#rows > li[data-state={word}]")


def broken_off(page, accepted: bool) -> None:
    """Wait until a try to send was cut off, with or without the server's word that it has the record."""
    script = """accepted => Field.store.drafts().then((rows) => rows.some((row) =>
      row.state === "waiting" && row.total > 0 && row.accepted === accepted))"""
    until(page, script, accepted)


def server_hashes() -> list[str]:
    """The hashes of the bytes the server keeps, in the order of the photos."""
    rows = InspectionPhoto.objects.order_by("inspection_id", "order")
    return [hashlib.sha256(photo.file.read()).hexdigest() for photo in rows]


def enter(page, person) -> None:
    """Sign in where the page for visits leads to."""
    page.fill("#id_username", person.username)
    page.fill("#id_password", PASSWORD)
    follow(page, "main form button.btn-primary")
    page.wait_for_selector("#list:not([hidden])")


def test_a_visit_without_network(member, site, sign_in, picture_at, people):
    page = sign_in(member, width=375)
    take(page)
    page.context.set_offline(True)
    page.reload()
    write(page, site, "阵地正常开放，台账齐全。")
    page.click("[data-do=add-finding]")
    page.select_option("[data-finding] [name=kind]", "defect")
    page.select_option("[data-finding] [name=severity]", "minor")
    page.fill("[data-finding] [name=text]", "台账未更新")
    add_photos(page, with_place(picture(1, size=(2400, 1800))), picture(3))
    page.fill("[data-photo] >> nth=0 >> input.form-control", "门口")
    assert page.locator("[data-photo] .field-tick").count() == 1
    found = faults(page, "form")
    picture_at(page, "field-form")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(FIELD)
    state(page, "draft")
    page.click("#rows [data-row^=edit]")
    assert page.input_value("#f-summary") == "阵地正常开放，台账齐全。"
    page.click("form [data-do=send]")
    state(page, "waiting")
    found += faults(page, "list")
    picture_at(page, "field-waiting")
    kept = page.evaluate(KEPT)
    assert [announced for announced, _bytes in kept] == [real for _announced, real in kept]
    assert Inspection.objects.count() == 0

    context.set_offline(False)
    state(page, "sent")
    visit = Inspection.objects.get()
    assert (visit.state, visit.site, visit.recorded_by) == ("recorded", site, member)
    assert (visit.summary, visit.present) == ("阵地正常开放，台账齐全。", "社区书记、联络员")
    assert visit.answers == {"plan": {"answer": "yes", "note": ""}, "activities": {"answer": "6", "note": ""}}
    assert server_hashes() == [announced for announced, _bytes in kept]
    first = visit.photos.first()
    assert (first.note, first.latitude) == ("门口", None)
    assert Finding.objects.get().text == "台账未更新"
    assert found == []

    context.clear_cookies(name="sessionid")
    write(page, site, "登录过期后的走访")
    page.click("form [data-do=send]")
    state(page, "signin")
    page.click("#rows > li[data-state=signin] a")
    enter(page, people.office)
    page.wait_for_selector("#no-rows:not([hidden])")
    assert (page.evaluate(KEPT), Inspection.objects.count()) == ([], 1)
    context.clear_cookies(name="sessionid")
    page.goto("/accounts/login/?next=" + FIELD)
    enter(page, member)
    page.wait_for_selector("#rows > li[data-state=sent] >> nth=1")
    assert Inspection.objects.latest("id").summary == "登录过期后的走访"

    page.goto("/")
    page.evaluate("document.querySelector('form[action$=\"/logout/\"]').requestSubmit()")
    page.wait_for_url("**/accounts/login/")
    context.set_offline(True)
    page.goto(FIELD)
    page.wait_for_selector("#sign-in-line:not([hidden])")
    assert (page.is_visible("#list"), page.inner_text("#rows"), page.evaluate(KEPT)) == (False, "", [])


@pytest.fixture
def picture_at(request):
    """The screenshots of these pages, at both widths."""
    return request.getfixturevalue("picture")


def cut_after(page, most: int) -> None:
    """Let so many photos through; with the next one the network is gone, in the middle of the way."""
    seen = []

    def pass_or_cut(route):
        seen.append(route.request.url)
        if len(seen) <= most:
            return route.continue_()
        page.context.set_offline(True)
        return route.abort("connectionreset")

    page.context.route("**/photos/*/", pass_or_cut)


def lose_the_answer(page) -> None:
    """The next record reaches the server, but its answer does not reach the device."""

    def lose(route):
        route.fetch()
        route.abort("connectionreset")

    page.context.route("**/supervision/field/visits/*/", lose, times=1)


def test_cut_in_the_middle_and_two_versions(member, site, sign_in, picture_at):
    page = sign_in(member, width=375)
    context = page.context
    take(page)
    write(page, site, "第一次走访")
    add_photos(page, picture(1), picture(3), picture(5))
    kept = page.evaluate(KEPT)
    cut_after(page, 1)
    page.click("form [data-do=send]")
    broken_off(page, accepted=True)
    visit = Inspection.objects.get()
    assert (visit.state, visit.photos.arrived().count()) == ("receiving", 1)
    page.close()
    context.unroute("**/photos/*/")
    page = context.new_page()
    page.goto(FIELD)
    state(page, "waiting")
    context.set_offline(False)
    state(page, "sent")
    visit = Inspection.objects.get()
    assert (visit.state, visit.photos.arrived().count()) == ("recorded", 3)
    assert server_hashes() == [announced for announced, _bytes in kept]

    write(page, site, "第二次走访")
    lose_the_answer(page)
    page.click("form [data-do=send]")
    broken_off(page, accepted=False)
    assert Inspection.objects.count() == 2
    page.click("#rows > li[data-state=waiting] [data-row^=edit]")
    page.fill("#f-summary", "第二次走访，补充一句")
    page.click("form [data-do=send]")
    state(page, "conflict")
    page.click("[data-row^=compare]")
    page.wait_for_selector("#compare [data-do=anew]")
    texts = page.locator("#compare .field-differs").all_text_contents()
    assert texts == ["第二次走访", "第二次走访，补充一句"]
    assert faults(page, "compare") == []
    picture_at(page, "field-compare")
    page.click("#compare [data-do=anew]")
    page.wait_for_selector("#rows > li[data-state=sent] >> nth=1")
    assert list(Inspection.objects.order_by("id").values_list("summary", "state")) == [
        ("第一次走访", "recorded"), ("第二次走访", "recorded"), ("第二次走访，补充一句", "recorded"),
    ]  # fmt: skip
    picture_at(page, "field-sent")
