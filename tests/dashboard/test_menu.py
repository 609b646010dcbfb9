"""Which place of the menu a page belongs to."""

import pytest

from accounts.enums import Role
from dashboard.menu import menu_of


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/", "/"),
        ("/supervision/3/", "/supervision/"),
        ("/supervision/3/edit/", "/supervision/"),
        ("/supervision/3/plan/new/", "/supervision/plan/"),
        ("/supervision/plan/7/move/", "/supervision/plan/"),
        ("/supervision/3/visits/new/", "/supervision/visits/"),
        ("/sites/import/coverage/", "/publicity/coverage/"),
        ("/sites/import/figures/", "/sites/"),
        ("/publicity/certificates/2/", "/sites/plaques/"),
        ("/warnings/2/", "/overview/"),
        ("/elsewhere/", None),
    ],
)
def test_the_place_a_page_belongs_to_is_marked(path, here):
    items = [item for group in menu_of({Role.OFFICE}, False, path) for item in group["items"]]
    assert [item["url"] for item in items if item["here"]] == ([here] if here else [])
