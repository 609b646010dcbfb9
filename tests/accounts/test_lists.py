"""Late pages of long lists: the same rows, in the same order, by as many queries as the first."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.lists import DeepPaginator
from applications.models import Application
from sites.models import Site


@pytest.fixture
def many(xiangtan):
    """530 sites: 示范点000 … 示范点529."""
    area = xiangtan.areas["湘潭县"]
    Site.objects.bulk_create(
        Site(
            programme=xiangtan.programme,
            category=xiangtan.categories["community"],
            area=area,
            unit=area,
            name=f"示范点{number:03d}",
            initials=f"sfd{number:03d}",
            address="某路1号",
            person_in_charge="主任",
            registered_at=timezone.now(),
        )
        for number in range(530)
    )


def shown(user, address: str) -> tuple[list[str], int]:
    """Names on a person's page, and the number of its queries."""
    client = Client()
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).context["listing"].page
    return [site.name for site in page], len(queries)


def test_late_pages_go_on_where_the_earlier_ones_end(many, people):
    office = people.office
    _names, first = shown(office, "/sites/")
    before, _number = shown(office, "/sites/?sort=name&page=20")
    names, number = shown(office, "/sites/?sort=name&page=21")
    last, _number = shown(office, "/sites/?sort=name&page=99")
    assert (before[-1], names[0], names[-1], number) == ("示范点499", "示范点500", "示范点524", first)
    assert last == ["示范点525", "示范点526", "示范点527", "示范点528", "示范点529"]
    assert shown(office, "/sites/?page=22")[0] == [
        "示范点004", "示范点003", "示范点002", "示范点001", "示范点000",
    ]  # fmt: skip


def test_a_late_page_keeps_to_what_the_person_may_see(many, people, make_site):
    make_site("别处", area="韶山市")
    late = "/sites/?sort=-name&page=22"
    every, _number = shown(people.office, late)
    own, _number = shown(people.county, late)
    assert (every[-2:], own[-2:]) == (["示范点000", "别处"], ["示范点001", "示范点000"])


def test_rows_that_are_no_single_objects_are_paged_as_always(many):
    names = DeepPaginator(Site.objects.order_by("name").values_list("name", flat=True), 25).page(21)
    assert names.object_list[0] == "示范点500"
    assert DeepPaginator(list(range(530)), 25).page(22).object_list == [525, 526, 527, 528, 529]
    assert list(DeepPaginator(Application.objects.distinct(), 25).get_page(30)) == []
