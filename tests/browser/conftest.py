"""A real Chromium at two widths, signed in through the login page like anybody else."""

import os
import shutil

import pytest
from django.conf import settings
from playwright.sync_api import sync_playwright

from tests.conftest import PASSWORD

# Playwright keeps an event loop in this thread; the database calls beside it are plain and meant to be.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SCREENSHOTS = settings.BASE_DIR / "screenshots"
WIDTHS = (1440, 375)


def follow(page, selector: str) -> None:
    """Click what leads to another page and wait until that page is whole: a script that looks for fields right after
    a mere click may find those of a page that is still arriving."""
    with page.expect_navigation(wait_until="load"):
        page.click(selector)


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    """One browser for all tests of a process; it goes before the database does, which nobody may be reading then."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, live_server):
    """visitor(): a page of somebody who is not signed in. What goes wrong in scripts fails the test."""
    contexts, wrong = [], []

    def do(width=1440, language="zh-hans"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console",
            lambda message: wrong.append(message.text) if "Content Security" in message.text else None,
        )
        return page

    yield do
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def sign_in(visitor, live_server):
    """sign_in(user): a page of that person's own, on the to-do list."""

    def do(user, width=1440, language="zh-hans", password=PASSWORD):
        page = visitor(width, language)
        page.goto("/accounts/login/")
        page.fill("#id_username", user.username)
        page.fill("#id_password", password)
        follow(page, "main form button.btn-primary")
        page.wait_for_url(live_server.url + "/")
        return page

    return do


@pytest.fixture
def picture():
    """picture(page, "name"): keep a screenshot at both widths, to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)

    def take(page, name):
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{name} is {wide}px too wide at {width}"
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size(before)

    return take
