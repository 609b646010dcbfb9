"""The sections on the ledger by hand: what they say, what is chosen, what a programme lacks, the lists behind."""

from decimal import Decimal

import pytest
from django.utils import translation

from dashboard.sections import figures, flagships, funds, plaques, ratios, sites, years
from sites.models import Plaque, TallyCell
from tests.dashboard.history import DAY, MIDDLE, TODAY
from tests.dashboard.ledger import grid, numbers, words
from tests.sites.tallies import journal, journal_of_rows

OWN = (sites, plaques, flagships, years, figures, ratios, funds)


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def test_sites_by_hand(story, asked, xiangtan, english):
    middle, state = sites.section(asked("leader", MIDDLE)).tables
    assert grid(middle) == {
        ("Xiangtan County", "Tongxin Community"): 2,
        ("Xiangtan County", "Tongxin Village"): 1,
        ("Xiangtan County", "Total"): 3,
        ("Shaoshan", "Tongxin Park"): 1,
        ("Shaoshan", "Tongxin Project"): 1,
        ("Shaoshan", "Tongxin Community"): 1,
        ("Shaoshan", "Total"): 3,
        ("Total", "Tongxin Park"): 1,
        ("Total", "Tongxin Project"): 1,
        ("Total", "Tongxin Community"): 3,
        ("Total", "Tongxin Village"): 1,
        ("Total", "Total"): 6,
    }
    assert grid(sites.section(asked("county", MIDDLE)).tables[0])["Total", "Total"] == 3
    _today, state = sites.section(asked("leader")).tables
    assert grid(state) == {
        ("Xiangtan County", "Active"): 2,
        ("Xiangtan County", "Merged into another site"): 1,
        ("Xiangtan County", "Total"): 3,
        ("Shaoshan", "Active"): 2,
        ("Shaoshan", "Closed"): 1,
        ("Shaoshan", "Total"): 3,
        ("Total", "Active"): 4,
        ("Total", "Closed"): 1,
        ("Total", "Merged into another site"): 1,
        ("Total", "Total"): 6,
    }


def test_plaques_by_hand(story, asked, english):
    by_state, in_force = plaques.section(asked("leader", MIDDLE)).tables
    assert by_state.columns == ("Valid", "Suspended", "Revoked", "Total")
    assert grid(by_state) == {
        ("County level", "Valid"): 4,
        ("County level", "Total"): 4,
        ("City level", "Valid"): 2,
        ("City level", "Suspended"): 1,
        ("City level", "Total"): 3,
        ("Total", "Valid"): 6,
        ("Total", "Suspended"): 1,
        ("Total", "Total"): 7,
    }
    by_state, in_force = plaques.section(asked("leader")).tables
    assert grid(in_force) == {
        ("Xiangtan County", "County level"): 1,
        ("Xiangtan County", "City level"): 2,
        ("Xiangtan County", "Total"): 3,
        ("Shaoshan", "County level"): 1,
        ("Shaoshan", "City level"): 1,
        ("Shaoshan", "Total"): 2,
        ("Total", "County level"): 2,
        ("Total", "City level"): 3,
        ("Total", "Total"): 5,
    }
    assert {
        column: cell.count for column, cell in zip(by_state.columns, by_state.total.numbers, strict=True)
    } == {
        "Valid": 5,
        "Suspended": 0,
        "Revoked": 1,
        "Replaced by a new plaque": 1,
        "Ended with the merger of the site": 1,
        "Total": 8,
    }


def test_what_came_new_by_hand(story, asked, english):
    (table,) = years.section(asked("leader")).tables
    # The plaque that took the place of the renamed site's is none of 2017.
    assert grid(table) == {
        ("2014", "Plaques: City level"): 1,
        ("2016", "Sites registered"): 6,
        ("2016", "Plaques: County level"): 4,
        ("2016", "Plaques: City level"): 2,
    }
    before_confirmed = years.section(asked("leader", DAY(2016, 12, 31))).tables[0]
    assert ("2014", "Plaques: City level") not in grid(before_confirmed)


def test_the_flagship_goal_in_words(story, asked, xiangtan, english):
    section = flagships.section(asked("leader"))
    assert section.lead == (
        "Goal: at least 1 flagship in each county, city or district by the end of 2019, over all categories. "
        "(Rule: 潭市统通〔2017〕5号 第二部分（力争每个县市区打造1个以上精品示范点）)"
    )
    missing = ("1 still missing, 2 years and 7 months left", 0)
    assert words(section.tables[0]) == {
        "Xiangtan County": ("reached", 100),
        "Xiangxiang": missing,
        # Its flagship has closed.
        "Shaoshan": missing,
        "Yuhu District": missing,
        "Yuetang District": missing,
        "Xiangtan High-tech Zone": ("not asked", None),
        "Xiangtan Economic Development Zone": ("not asked", None),
        "Zhaoshan Demonstration Zone": ("not asked", None),
        "Total": ("1 of 5 have reached the goal", 20),
    }
    then = words(flagships.section(asked("leader", MIDDLE)).tables[0])
    assert (then["Shaoshan"], then["Total"]) == (("reached", 100), ("2 of 5 have reached the goal", 40))
    xiangtan.cycle.goals = {"flagships": {"per_area": 3, "by_year": 2016}}
    xiangtan.cycle.save()
    later = words(flagships.section(asked("county")).tables[0])
    assert later["Xiangtan County"] == ("2 still missing, the time was over with 2016", 33)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (DAY(2017, 5, 22), "2 years and 7 months left"),
        (DAY(2018, 12, 31), "1 year left"),
        (DAY(2019, 11, 30), "1 month left"),
        (DAY(2019, 12, 1), "30 days left"),
        (DAY(2019, 12, 31), "0 days left"),
        (DAY(2020, 1, 1), "the time was over with 2019"),
    ],
)
def test_how_much_time_is_left(day, said, english):
    assert flagships.time_left(day, 2019) == said


def test_figures_by_hand(story, asked, english):
    by_category, by_area = figures.section(asked("leader", MIDDLE)).tables
    assert by_category.columns[-2:] == ("Total 2017", "Year before (2016)")
    assert grid(by_category) == {
        ("United front members (persons)", "Tongxin Community"): (1, Decimal(110)),
        ("United front members (persons)", "Total 2017"): (1, Decimal(110)),
        # 100 + 20 + 7 of the three that reported in 2016.
        ("United front members (persons)", "Year before (2016)"): (3, Decimal(127)),
        ("Jobs (jobs)", "Tongxin Community"): (1, Decimal(9)),
        ("Jobs (jobs)", "Total 2017"): (1, Decimal(9)),
        ("Yearly output (10,000 yuan)", "Year before (2016)"): (1, Decimal("36.50")),
    }
    assert grid(by_area) == {
        ("Xiangtan County", "United front members (persons)"): (1, Decimal(110)),
        ("Xiangtan County", "Jobs (jobs)"): (1, Decimal(9)),
        ("Total", "United front members (persons)"): (1, Decimal(110)),
        ("Total", "Jobs (jobs)"): (1, Decimal(9)),
    }
    corrected = figures.section(asked("leader")).tables[1]
    assert grid(corrected) == {
        ("Xiangtan County", "United front members (persons)"): (1, Decimal(90)),
        ("Total", "United front members (persons)"): (1, Decimal(90)),
    }


def test_funds_by_hand(story, asked, english):
    (middle,) = funds.section(asked("leader", MIDDLE)).tables
    # What the liaison proposed waits; the park's 300 have moved with it.
    assert middle.columns == ("2013", "2014", "2015", "2016", "2017", "Total")
    assert grid(middle) == {
        ("Xiangtan County", "2016"): (1, Decimal(1000)),
        ("Xiangtan County", "2017"): (1, Decimal("50000.05")),
        ("Xiangtan County", "Total"): (2, Decimal("51000.05")),
        ("Shaoshan", "2017"): (2, Decimal(320)),
        ("Shaoshan", "Total"): (2, Decimal(320)),
        ("Total", "2016"): (1, Decimal(1000)),
        ("Total", "2017"): (3, Decimal("50320.05")),
        ("Total", "Total"): (4, Decimal("51320.05")),
    }
    (today,) = funds.section(asked("county")).tables
    assert grid(today)["Total", "Total"] == (2, Decimal("54000.05"))


def test_ratios_by_hand(story, asked, english):
    section = ratios.section(asked("leader", MIDDLE))
    organisations, venues = section.tables
    # 275 of 297 are 92.59 percent, 200 of 297 are 67.34.
    assert words(organisations)["Xiangtan County"] == words(organisations)["Total"] == ("93 %", 93)
    assert words(venues)["Xiangtan County"] == ("67 %", 67)
    # Only the number of villages: not reported, and not in the total.
    assert words(organisations)["Shaoshan"] == ("not reported", None)
    assert "Not reported yet: Xiangxiang, Shaoshan, Yuhu District," in section.lead
    section = ratios.section(asked("leader"))
    # (270 + 39) of (297 + 40) are 91.69 percent; the mean of 91 and 98 would be 94.
    assert words(section.tables[0])["Total"] == ("92 %", 92)
    assert words(section.tables[0])["Shaoshan"] == ("98 %", 98)
    assert grid(section.tables[0])["Total", "With an organisation"] == (2, Decimal(309))
    assert "Not reported yet: Xiangxiang, Yuhu District," in section.lead


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(275, 297, 93), (1, 8, 13), (1, 200, 1), (0, 5, 0), (5, 5, 100), (0, 0, None)],
)
def test_percentages_are_rounded_half_up(part, whole, shown):
    assert ratios.percent(Decimal(part), Decimal(whole)) == shown


# --- what is chosen, and what a programme lacks -----------------------------------------------------------------------


def test_what_is_chosen_narrows_every_section(story, asked, xiangtan, english):
    community = asked("leader", MIDDLE, category=xiangtan.categories["community"])
    assert grid(sites.section(community).tables[0])["Total", "Total"] == 3
    assert sites.section(community).tables[0].columns == ("Tongxin Community", "Total")
    assert grid(plaques.section(community).tables[0])["Total", "Total"] == 4
    assert grid(years.section(community).tables[0])["2016", "Sites registered"] == 3
    assert grid(figures.section(community).tables[1])["Total", "Jobs (jobs)"] == (1, Decimal(9))
    assert grid(funds.section(community).tables[0])["Total", "Total"] == (3, Decimal("51020.05"))
    county = asked("leader", MIDDLE, area=xiangtan.areas["韶山市"], level=xiangtan.levels["city"])
    assert grid(sites.section(county).tables[0]) == {
        ("Shaoshan", "Tongxin Park"): 1,
        ("Shaoshan", "Total"): 1,
        ("Total", "Tongxin Park"): 1,
        ("Total", "Total"): 1,
    }
    assert grid(years.section(county).tables[0]) == {("2016", "Plaques: City level"): 1}
    assert [row.label for row in funds.section(county).tables[0].rows] == ["Shaoshan"]


def test_a_programme_without_it_has_no_such_section(story, asked, xiangtan):
    xiangtan.programme.figures = xiangtan.programme.ratios = []
    xiangtan.programme.save()
    xiangtan.cycle.goals = {}
    xiangtan.cycle.save()
    question = asked("leader")
    assert [module.section(question) for module in (flagships, figures, ratios)] == [None, None, None]
    xiangtan.cycle.goals = {"flagships": {"per_area": 1, "by_year": 2019, "of": ["park"]}}
    xiangtan.cycle.save()
    assert flagships.section(asked("county")) is None


@pytest.mark.parametrize("day", [MIDDLE, TODAY])
def test_every_list_is_as_long_as_its_number(day, story, asked, client_of, people, xiangtan):
    # Its validity is over and nobody has written that down yet: both still count it.
    Plaque.objects.filter(site=story.b, level=xiangtan.levels["city"]).update(valid_until=DAY(2017, 3, 31))
    client, walked = client_of(people.leader), set()
    holders = asked("leader", day, level=xiangtan.levels["city"])
    made = [module.section(asked("leader", day)) for module in (sites, plaques, flagships, years)]
    for section in [*made, sites.section(holders)]:
        for cell in numbers(section):
            if cell.url not in walked:
                listed = client.get(cell.url).context["listing"].page.paginator.count
                assert listed == cell.count, cell.url
                walked.add(cell.url)
    assert len(walked) > 25


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("day", [MIDDLE, TODAY])
def test_each_section_costs_one_query(rows, day, asked, make_site, on_day, django_assert_num_queries):
    on_day(2017, 3, 1)
    for number in range(rows):
        make_site(f"点{number}", is_flagship=True, figures={"members": Decimal(number)})
    on_day(2017, 5, 22)
    question = asked("leader", day)
    for module in OWN:
        with django_assert_num_queries(1):
            module.section(question)


def test_a_recount_finds_the_same(story, xiangtan):
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
    measures = {key.split("/")[0] for key in TallyCell.objects.values_list("key", flat=True)}
    assert measures >= {"sites", "registered", "plaques", "awarded", "flagships", "funds", "figure:members"}
