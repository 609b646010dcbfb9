"""Tables of figures: a row is one site in one year, with a column for each figure."""

from decimal import Decimal

import pytest

from sites.models import SiteFigure
from sites.services import close_site
from tests.sites.tables import counts, refusals

pytestmark = pytest.mark.usefixtures("english")

DIGITS = "Write digits only, without a unit: 507, not 507 persons."


def figures_table(desk, *rows) -> bytes:
    return desk.table(*rows, keys=("area", "site", "year", "figure_members", "figure_output"))


def test_figures_of_years_by_columns(desk, make_site):
    site = make_site("甲社区")
    SiteFigure.objects.create(site=site, year=2016, code="members", value=Decimal(100))
    table = figures_table(
        desk("figures"),
        ["湘潭县", "甲社区", 2015, "５０７", None],
        ["湘潭县", "甲社区", "2016", 100, "1,234.50"],
        ["湘潭县", "甲社区", 2017, None, 0],
    )
    check = desk("figures").check(table)
    assert counts(check) == (2, 1, 0, 0)
    desk("figures").write(check)
    assert list(site.figures.order_by("year", "code").values_list("year", "code", "value")) == [
        (2015, "members", Decimal(507)),
        (2016, "members", Decimal(100)),
        (2016, "output", Decimal("1234.50")),
        (2017, "output", Decimal(0)),
    ]
    site.refresh_from_db()
    # A form opened before must be opened again: it shows other figures.
    assert site.revision == 2
    assert counts(desk("figures").check(table)) == (0, 0, 3, 0)


def test_figures_that_cannot_be(desk, make_site, people):
    make_site("甲社区")
    close_site(actor=people.county, site=make_site("乙社区"), reason="拆迁")
    make_site("丙", category="village")
    make_site("丙", category="community")
    table = figures_table(
        desk("figures"),
        ["湘潭县", "甲社区", 2017, -1, None],
        ["湘潭县", "甲社区", 2018, 1, None],
        ["湘潭县", "甲社区", 2016, None, None],
        ["湘潭县", "乙社区", 2016, 1, None],
        ["湘潭县", "丁社区", 2016, 1, "约三千"],
        ["湘潭县", "丙", 2016, 1, None],
        ["韶山市", "甲社区", 2016, 1, None],
        ["湘潭县", "甲社区", 2015, 1, None],
        ["湘潭县", " 甲 社区", "2015", 2, None],
    )
    check = desk("figures").check(table)
    assert refusals(check) == {
        2: ["United front members (persons): The number must not be less than 0."],
        3: ["Year: The number must not be greater than 2017."],
        4: ["The row holds no figure. Fill in at least one."],
        5: ["Site name: The site is closed. The leadership office can reopen it."],
        6: [
            "Site name: Xiangtan County has no site with the name “丁社区”. Compare the name with the list of sites, "
            "or import the site first.",
            f"Yearly output (10,000 yuan): “约三千” is no number. {DIGITS}",
        ],
        7: ["Site name: Xiangtan County has several sites with the name “丙”. Fill in the category as well."],
        8: ["County or park: Only County staff of Shaoshan may do this."],
        10: ["Year: Row 9 is about the same thing. Keep one of the two rows."],
    }
    assert SiteFigure.objects.count() == 0
