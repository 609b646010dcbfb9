"""The search box in the head of every page: reached by keys, sent without a script."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_keys_lead_to_the_box_and_enter_finds(people, make_site, sign_in):
    make_site("同心社区")
    page = sign_in(people.office)
    page.keyboard.press("Control+Slash")
    assert page.evaluate("document.activeElement.id") == "search-all"
    page.keyboard.type("txsq")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("mark").all_text_contents() == ["同心社区"]
