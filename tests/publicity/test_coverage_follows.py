"""Coverage counts under the category its site has; a site that moves and a piece about it never pass each other by."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.errors import DomainError
from publicity.coverage_measures import measure_of
from publicity.models import CountedCoverage, Coverage
from publicity.services.coverage import change_coverage, record_coverage
from sites.models import Fund, Site, TallyMovement
from sites.services import move_site, set_figures, update_site
from sites.services.life import add_entry
from sites.tallies import counted
from tests.publicity.coverage import DAY, piece
from tests.sites.life import values_of
from tests.sites.tallies import journal, journal_of_rows, times_counted


@pytest.fixture
def put(xiangtan, people):
    def do(site, area="湘潭县", **fields):
        return record_coverage(
            actor=people.office,
            programme=xiangtan.programme,
            area=xiangtan.areas[area],
            piece=piece(site=site, **fields),
        )

    return do


@pytest.fixture
def recategorise(xiangtan, people):
    def do(site, code):
        fresh = Site.objects.get(pk=site.pk)
        update_site(
            actor=people.county,
            site=fresh,
            revision=fresh.revision,
            category=xiangtan.categories[code],
        )

    return do


def by_category(xiangtan, day=None) -> dict[str, int]:
    cells = counted(xiangtan.programme, xiangtan.areas.values(), [measure_of("press")], day or clock.today())
    codes = {category.pk: code for code, category in xiangtan.categories.items()}
    return {codes[cell.category_id]: cell.count for cell in cells}


def test_pieces_follow_their_site_on_29_february(xiangtan, put, make_site, recategorise, on_day):
    on_day(2016, 2, 28)
    site, other = make_site("甲", category="park"), make_site("乙", category="park")
    for one in (site, other):
        put(one, title=f"报道{one}", published_on=DAY(2016, 2, 27))
    on_day(2016, 2, 29)
    recategorise(site, "project")
    recategorise(site, "village")
    on_day(2016, 3, 1)
    put(site, title="又一篇", published_on=DAY(2016, 2, 29))
    assert by_category(xiangtan, DAY(2016, 2, 28)) == {"park": 2}
    assert by_category(xiangtan, DAY(2016, 2, 29)) == {"park": 1, "village": 1}
    assert by_category(xiangtan) == {"park": 1, "village": 2}
    rows = CountedCoverage.objects.filter(coverage__title="报道甲").order_by("pk")
    assert [row.category.code for row in rows] == ["park", "project", "village"]
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


def test_all_that_follows_a_site_is_counted_once(xiangtan, people, put, make_site, recategorise):
    """Two who counted new cells in several goes would wait for each other on PostgreSQL."""
    site = make_site("甲", category="park")
    set_figures(site=site, year=2016, values={"members": Decimal(500)})
    add_entry(actor=people.county, site=site, model=Fund, **values_of(Fund))
    put(site)
    with CaptureQueriesContext(connection) as asked:
        recategorise(site, "village")
    assert times_counted(asked) == 1
    village = xiangtan.categories["village"].pk
    measures = TallyMovement.objects.filter(cell__category=village, count=1).values_list(
        "cell__measure", flat=True
    )
    assert sorted(measures) == ["coverage:press", "figure:members", "funds", "registered", "sites"]
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


def test_what_was_chosen_before_its_site_moved_is_looked_at_again(
    xiangtan, people, put, make_site, recategorise
):
    """Whoever records has the site as it was when the form was opened."""
    stale = make_site("甲", category="park")
    recategorise(stale, "project")
    entry = put(stale)
    assert by_category(xiangtan) == {"project": 1}
    move_site(actor=people.office, site=stale, area=xiangtan.areas["韶山市"], reason="区划")
    with pytest.raises(DomainError, match="甲"):
        put(stale, title="另一篇")
    # The entry it has already stays with the area it was recorded in.
    change_coverage(
        actor=people.office, coverage=entry, revision=1, piece=piece(site=stale, title="改过的标题")
    )
    assert Coverage.objects.get().site_id == stale.pk
    assert by_category(xiangtan) == {"project": 1}
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


def test_a_piece_withdrawn_on_a_clock_that_went_back_never_counted(
    xiangtan, put, make_site, recategorise, on_day
):
    on_day(2017, 5, 28)
    site = make_site("甲", category="park")
    put(site)
    on_day(2017, 5, 24)
    recategorise(site, "village")
    on_day(2017, 6, 1)
    assert by_category(xiangtan, DAY(2017, 5, 23)) == {}
    assert by_category(xiangtan, DAY(2017, 5, 24)) == by_category(xiangtan) == {"village": 1}
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)


@pytest.mark.django_db(transaction=True)
def test_recording_and_moving_at_once_agree(xiangtan, put, make_site, recategorise):
    site = make_site("甲", category="park")
    start, failed = threading.Barrier(2), []

    def run(work):
        def go():
            try:
                start.wait(5)
                work()
            except Exception as error:
                failed.append(error)
            finally:
                connection.close()

        return threading.Thread(target=go)

    threads = [run(lambda: put(site)), run(lambda: recategorise(site, "village"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
    assert by_category(xiangtan) == {"village": 1}
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
