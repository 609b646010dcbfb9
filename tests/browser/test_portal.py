"""The public portal as anybody meets it: at both widths, in both languages, also where no script runs."""

from publicity.models import Story
from publicity.services.stories import offer_story, release_story, write_story
from sites.models import Photo
from sites.services import add_entry
from tests.browser.conftest import WIDTHS, follow
from tests.sites.life import values_of


def publish(people, site) -> Story:
    photo = add_entry(actor=people.county, site=site, model=Photo, **values_of(Photo))
    words = {"title": "一间工作站", "summary": "连起一个社区", "text": "正文。"}
    story = write_story(actor=people.county, site=site, photos=[photo], **words)
    offer_story(actor=people.county, story=story)
    return release_story(actor=people.office, story=story, revision=1)


def test_from_the_start_page_to_a_site_and_back_in_english(people, make_site, visitor):
    publish(people, make_site())
    for width in WIDTHS:
        page = visitor(width)
        page.goto("/public/")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        follow(page, ".card-story a")
        assert page.inner_text("h1") == "一间工作站"
        assert page.evaluate("[...document.images].every(picture => picture.naturalWidth > 0)")
        follow(page, ".topbar-end a[lang=en]")
        assert page.get_attribute("html", "lang") == "en"
        assert page.inner_text("h1") == "一间工作站"


def test_the_portal_needs_no_script(people, make_site, chromium, live_server):
    publish(people, make_site())
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/public/sites/?q=nothing")
    assert page.locator(".card-story").count() == 0
    page.goto("/public/")
    page.fill(".portal-check input[name=number]", "x")
    page.click(".portal-check button")
    assert page.url.startswith(f"{live_server.url}/public/plaques/?number=x")
    assert "sessionid" not in [cookie["name"] for cookie in context.cookies()]
    context.close()
