"""The dashboard's page: what was asked in words, tables and charts that say the same, the full screen."""

import datetime
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts import clock
from accounts.enums import Role
from accounts.services import grant_role
from applications.models import Cycle
from dashboard import page as page_module
from dashboard.cells import cell_words, number_columns, rows_html, sentences, words_of
from dashboard.charts import alternative_of, chart_of, height_of
from dashboard.question import ask
from dashboard.tables import Headline, Number, Row, Section, Table, Words
from programmes.services import load
from sites.models import Programme

OVERVIEW, WALL = reverse("dashboard:overview"), reverse("dashboard:wall")
#: Whoever sees the overview asks so often, on a page of one section that asks nothing itself.
QUERIES = 12


def numbers(*counts: int) -> tuple[Number, ...]:
    return tuple(Number(count, f"/list/?n={count}") for count in counts)


SITES = Table(
    columns=("Park", "Village", "Total"),
    rows=(Row("East", numbers(2, 0, 2)), Row("West <1>", numbers(1, 4, 5), url="/area/?a=1&b=2")),
    total=Row("Total", numbers(3, 4, 7)),
    caption="Sites by area",
    corner="Area",
    chart="stacked",
)
FUNDS = Table(
    columns=("Yuan", "Reached"),
    rows=(
        Row("East", (Number(2, "/rows/", amount=Decimal("1234.50")), Words("93 %", url="/units/", share=93))),
        Row("West", (Number(0, "/rows/", amount=Decimal(0)), Words("not reported"))),
    ),
    total=None,
    caption="Funds",
    corner="Area",
    chart="bars",
)
YEARS = Table(
    columns=("New",),
    rows=(Row("2016", numbers(3)), Row("2017", numbers(5))),
    total=Row("Total", numbers(8)),
    caption="New by year",
    chart="lines",
)
EMPTY = Table(columns=("Park",), rows=(Row("East", numbers(0)),), total=None, caption="Nothing", chart="bars")


@pytest.fixture
def two_parts(monkeypatch):
    """Two sections that ask the database nothing, and one that has nothing to say."""
    parts = {
        "first": lambda question: Section("first", "First part", (SITES, FUNDS), lead="What it says."),
        "silent": lambda question: None,
        "second": lambda question: Section("second", "Second part", (YEARS,)),
    }
    monkeypatch.setattr(page_module, "SECTIONS", parts)


# --- cells and charts ---------------------------------------------------------------------------------------


def test_every_number_is_a_link_and_zero_is_quiet():
    assert rows_html(SITES) == (
        '<tbody><tr><th scope="row">East</th><td class="number"><a href="/list/?n=2">2</a></td>'
        '<td class="number"><span class="zero">0</span></td>'
        '<td class="number"><a href="/list/?n=2">2</a></td></tr>'
        '<tr><th scope="row"><a href="/area/?a=1&amp;b=2">West &lt;1&gt;</a></th>'
        '<td class="number"><a href="/list/?n=1">1</a></td><td class="number"><a href="/list/?n=4">4</a></td>'
        '<td class="number"><a href="/list/?n=5">5</a></td></tr></tbody>'
        '<tfoot><tr><th scope="row">Total</th><td class="number"><a href="/list/?n=3">3</a></td>'
        '<td class="number"><a href="/list/?n=4">4</a></td>'
        '<td class="number"><a href="/list/?n=7">7</a></td></tr></tfoot>'
    )


def test_sums_say_how_many_rows_they_add_up_and_shares_are_drawn():
    html = rows_html(FUNDS)
    assert '<a href="/rows/" data-count="2" data-amount="1234.50">1,234.50</a>' in html
    bar = '<progress max="100" value="93" aria-hidden="true"></progress>'
    assert f'<td class="share">{bar}&nbsp;<a href="/units/">93 %</a></td>' in html
    assert '<td class="words">not reported</td>' in html
    assert [cell_words(cell) for cell in FUNDS.rows[1].numbers] == ["0", "not reported"]


def test_a_number_with_its_unit_is_set_to_the_right():
    cells = (Words("Filed"), Words("4 days", url="/list/", is_measure=True))
    table = Table(columns=("Step", "Longest"), rows=(Row("East", cells),), total=None)
    assert number_columns(table) == [False, True]
    assert rows_html(table) == (
        '<tbody><tr><th scope="row">East</th><td class="words">Filed</td>'
        '<td class="words number"><a href="/list/">4 days</a></td></tr></tbody>'
    )


def test_moments_are_told_by_the_clock_of_the_office():
    late = datetime.datetime(2017, 5, 22, 20, 30, tzinfo=datetime.UTC)
    with override("zh-hans"):
        assert words_of(late) == "2017年5月23日 04:30"


def test_sentences_follow_each_other():
    with override("en"):
        assert sentences(["One."]) == "One."
        assert sentences(["One.", "Two.", "Three."]) == "One. Two. Three."


def test_a_stacked_chart_holds_the_numbers_without_their_sum():
    chart = chart_of(SITES)
    assert chart["yAxis"]["data"] == ["East", "West <1>"]
    assert [
        (one["name"], one["stack"], [point["value"] for point in one["data"]]) for one in chart["series"]
    ] == [
        ("Park", "all", [2, 1]),
        ("Village", "all", [0, 4]),
    ]
    assert chart["series"][1]["data"][1]["url"] == "/list/?n=4"


def test_lines_run_along_the_rows_and_percentages_are_drawn_where_there_are_no_numbers():
    assert chart_of(YEARS)["xAxis"]["data"] == ["2016", "2017"]
    shares = Table(
        ("Reached",),
        (Row("East", (Words("93 %", share=93),)), Row("West", (Words("-"),))),
        None,
        chart="bars",
    )
    chart = chart_of(shares)
    assert chart["xAxis"]["max"] == 100
    assert [point["value"] for point in chart["series"][0]["data"]] == [93, None]


def test_nothing_is_drawn_of_nothing():
    assert chart_of(EMPTY) is None
    assert chart_of(Table((), (), None, chart="stacked")) is None


@override("en")
def test_a_chart_says_the_essentials_in_words():
    end = "The table beside it has all the figures."
    assert alternative_of(SITES) == f"Chart: Sites by area. Highest: West <1>, 5. Total: 7. {end}"
    assert alternative_of(YEARS) == f"Chart: New by year. Highest: 2017, 5. Total: 8. {end}"
    assert alternative_of(FUNDS) == f"Chart: Funds. Highest: East, 1,234.50. {end}"


def test_a_chart_of_many_bars_is_higher():
    many = Table(("n",), tuple(Row(str(n), numbers(n)) for n in range(40)), None, chart="bars")
    seven = Table(("n",), tuple(Row(str(n), numbers(n)) for n in range(7)), None, chart="lines")
    heights = [height_of(table) for table in (SITES, YEARS, seven, many)]
    assert heights == ["chart-low", "chart-low", "", "chart-highest"]


@override("en")
def test_a_year_that_still_runs_is_in_the_table_and_not_in_the_line():
    running = Row("2018 so far", numbers(9), is_drawn=False)
    table = replace(YEARS, rows=(*YEARS.rows, running))
    chart = chart_of(table)
    assert chart["xAxis"]["data"] == ["2016", "2017"]
    assert [point["value"] for point in chart["series"][0]["data"]] == [3, 5]
    assert alternative_of(table).startswith("Chart: New by year. Highest: 2017, 5.")
    assert "2018 so far" in rows_html(table)
    assert chart_of(replace(YEARS, rows=(running,))) is None


@pytest.mark.parametrize(
    ("names", "width"),
    [
        # Four characters of 12 pixels and three quarters of one more.
        (("湘潭县", "昭山新区"), 57),
        # Broken at the space that leaves the longer line shortest: 18 letters of 0.62.
        (("Yuhu", "Zhaoshan Demonstration Zone"), 143),
        # Never more than twelve letters beside a table.
        (("一二三四五六七八九十一二三四五",), 144),
    ],
)
def test_names_of_bars_take_what_they_need_in_two_lines(names, width):
    table = Table(("n",), tuple(Row(name, numbers(1)) for name in names), None, chart="bars")
    assert chart_of(table)["yAxis"]["axisLabel"]["width"] == width


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_says_what_was_asked(two_parts, people, xiangtan, client_of):
    client = client_of(people.leader)
    page = client.get(OVERVIEW).content.decode()
    assert "2017 Four Tongxin Demonstration Sites · 8 counties and parks · as of 22 May 2017" in page
    assert "A past day" not in page
    asked = {
        "area": xiangtan.areas["韶山市"].pk,
        "category": xiangtan.categories["village"].pk,
        "level": xiangtan.levels["city"].pk,
        "as_of": "2017-05-20",
    }
    page = client.get(OVERVIEW, asked).content.decode()
    assert "Shaoshan · Tongxin Village · City level · as of 20 May 2017" in page
    assert "A past day: everything as the system knew it at the end of 20 May 2017." in page
    assert "There are no records yet; nothing can be counted." in page
    assert "First part" not in page
    now = re.search(r'href="\?([^"]+)">Show today', page)[1]
    assert "as_of" not in now
    assert f"area={asked['area']}" in now
    assert f'<option value="{asked["level"]}" selected>City level</option>' in page
    assert 'name="as_of" max="2017-05-22" value="2017-05-20"' in page


def test_sections_tables_and_charts_stand_in_their_order(two_parts, people, client_of):
    answer = client_of(people.leader).get(OVERVIEW)
    page = answer.content.decode()
    assert re.findall(r'<a href="#([^"]+)">([^<]+)</a></li>', page) == [
        ("first", "First part"),
        ("second", "Second part"),
    ]
    assert re.findall(r'<table[^>]+id="([^"]+)"', page) == ["first-1", "first-2", "second-1"]
    assert re.findall(r'data-chart="([^"]+)"', page) == ["chart-first-1", "chart-first-2", "chart-second-1"]
    assert all(f'id="{name}" type="application/json"' in page for name in ("chart-first-1", "chart-second-1"))
    assert 'aria-label="Chart: New by year. Highest: 2017, 5. Total: 8.' in page
    assert "style=" not in page


def test_the_way_back_from_rows_leads_to_their_table(monkeypatch, people, client_of):
    url = f"{reverse('dashboard:rows', args=['late'])}?cycle=1"
    tables = (SITES, Table(("n",), (Row("East", (Number(3, url),)),), None, caption="Late"))
    monkeypatch.setattr(page_module, "SECTIONS", {"x": lambda question: Section("x", "X", tables)})
    page = client_of(people.leader).get(OVERVIEW).content.decode()
    assert re.findall(r'<span id="rows-(\w+)"></span><h3>(\w+)</h3>', page) == [("late", "Late")]


def test_what_is_unknown_or_out_of_reach_counts_as_not_asked(people, xiangtan, client_of, settings):
    load(settings.BASE_DIR / "tests" / "data" / "tiny.yaml")
    foreign = Programme.objects.get(code="tiny-halls").cycles.get()
    client = client_of(people.county)
    for asked in ({"cycle": foreign.pk}, {"cycle": "x"}, {"level": "x"}, {"as_of": "2017-99-99"}):
        question = client.get(OVERVIEW, asked).context["question"]
        assert (question.cycle, question.level, question.is_past) == (xiangtan.cycle, None, False)
    elsewhere = client.get(OVERVIEW, {"area": xiangtan.areas["韶山市"].pk})
    assert elsewhere.context["question"].shown_areas == [xiangtan.areas["湘潭县"]]
    assert "Shaoshan" not in elsewhere.content.decode()


def test_staff_of_two_areas_choose_between_them(people, xiangtan, make_user, client_of):
    both = make_user("both", Role.UNIT_STAFF, xiangtan.areas["湘潭县"])
    grant_role(actor=None, user=both, role=Role.UNIT_STAFF, unit=xiangtan.areas["韶山市"])
    page = client_of(both).get(OVERVIEW)
    assert [choice.name for choice in page.context["choices"]] == ["area", "category", "level"]
    assert [words for _pk, words, _chosen in page.context["choices"][0].options] == [
        *("All", "Xiangtan County", "Shaoshan")
    ]
    one = client_of(people.county).get(OVERVIEW)
    assert [choice.name for choice in one.context["choices"]] == ["category", "level"]


def test_other_cities_see_nothing_of_this_one(people, client_of):
    for person in (people.other_city, people.other_county):
        for url in (OVERVIEW, WALL, reverse("dashboard:map")):
            page = client_of(person).get(url)
            assert page.status_code == 200
            assert "No year&#x27;s scheme has been entered yet." in page.content.decode().replace(
                "'", "&#x27;"
            )
            assert "Xiangtan" not in page.content.decode()


def test_only_readers_of_figures_come_in(people, client_of):
    for person in (people.assessor, people.auditor, people.system_admin, people.nobody):
        for url in (OVERVIEW, WALL):
            assert client_of(person).get(url).status_code == 404


def test_the_page_itself_asks_little(two_parts, people, client_of, django_assert_num_queries):
    client = client_of(people.leader)
    client.get(OVERVIEW)
    with django_assert_num_queries(QUERIES):
        client.get(OVERVIEW)


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("who", "queries"), [("leader", 43), ("county", 43)])
def test_all_sections_cost_the_same_whatever_the_rows(
    rows, who, queries, xiangtan, people, make_site, file, client_of, django_assert_num_queries
):
    for number in range(rows):
        site = make_site(f"点{number}", area="湘潭县" if number % 2 == 0 else "韶山市")
        file(site, "city" if number % 3 else "province", "submitted" if number % 5 else "accepted")
    client = client_of(getattr(people, who))
    client.get(OVERVIEW)
    with django_assert_num_queries(queries):
        client.get(OVERVIEW)


def test_a_table_of_nothing_but_zeros_is_one_sentence(monkeypatch, people, client_of):
    more = Table(("n",), (Row("East", numbers(0)), Row("West", numbers(2))), None, caption="More")
    dashes = Table(("n", "Share"), (Row("East", (*numbers(0), Words("–"))),), None, caption="Dashes")
    parts = {
        "none": lambda question: Section("none", "None", (EMPTY, dashes)),
        "some": lambda question: Section("some", "Some", (EMPTY, more)),
    }
    monkeypatch.setattr(page_module, "SECTIONS", parts)
    client = client_of(people.leader)
    page = client.get(OVERVIEW).content.decode()
    assert page.count("None as of this day.") == 2
    assert re.findall(r'<table[^>]+id="([^"]+)"', page) == ["some-2"]
    assert "None as of this day." in client.get(WALL, {"section": "none"}).content.decode()


def test_key_figures_stand_above_all_and_open_their_lists(monkeypatch, people, client_of):
    late = Headline(Number(0, "/late/"), "Late")
    parts = {
        "warnings": lambda question: Section("warnings", "W", (SITES,)),
        "milestones": lambda question: Section("milestones", "M", (SITES,), headline=late),
        "sites": lambda question: Section(
            "sites", "S", (SITES,), headline=Headline(Number(1234, "/sites/?a=1&b=2"), "Active sites")
        ),
    }
    monkeypatch.setattr(page_module, "SECTIONS", parts)
    client = client_of(people.leader)
    for url in (OVERVIEW, WALL):
        page = client.get(url).content.decode()
        assert re.findall(
            r'class="(?:figure|figure zero) d-block">([^<]+)</span><span class="what">([^<]+)<', page
        ) == [
            ("1,234", "Active sites"),
            ("0", "Late"),
        ]
        assert '<a class="tile" href="/sites/?a=1&amp;b=2">' in page
        assert "/late/" not in page


def test_of_a_day_before_all_records_nothing_is_counted(people, client_of, make_site):
    make_site("甲")
    client = client_of(people.leader)
    words = "The system has records since 22 May 2017; of earlier days nothing can be counted."
    for url in (OVERVIEW, WALL, reverse("dashboard:map")):
        page = client.get(url, {"as_of": "2017-05-21"}).content.decode()
        assert words in page
        assert "<table" not in page
        # Nothing is offered that would have nothing to show either.
        assert "/briefing." not in page
    assert 'min="2017-05-22" max="2017-05-22"' in client.get(OVERVIEW).content.decode()


# --- the full screen ----------------------------------------------------------------------------------------


def test_the_full_screen_shows_one_part_after_the_other(two_parts, people, client_of, xiangtan):
    client = client_of(people.leader)
    answer = client.get(WALL, {"section": "second"})
    page = answer.content.decode()
    assert "<h1>Second part</h1>" in page
    assert (
        'data-key="ArrowLeft" href="?cycle=1&amp;section=silent&amp;back=1"'.replace(
            "cycle=1", f"cycle={xiangtan.cycle.pk}"
        )
        in page
    )
    assert (answer.context["previous"], answer.context["next"]) == ("silent", "first")
    assert f'href="{OVERVIEW}?cycle={xiangtan.cycle.pk}#second"' in page
    first = client.get(WALL, {"section": "unknown"})
    assert "<h1>First part</h1>" in first.content.decode()
    back = client.get(WALL, {"section": "silent", "back": "1"})
    assert "<h1>First part</h1>" in back.content.decode()
    assert "<h1>Second part</h1>" in client.get(WALL, {"section": "silent"}).content.decode()
    assert "Main menu" not in page


def test_the_full_screen_asks_for_itself_until_told_not_to(two_parts, people, client_of):
    client = client_of(people.leader)
    assert client.get(WALL)["Refresh"] == "180"
    still = client.get(WALL, {"still": "1"})
    assert "Refresh" not in still
    assert "The figures stand still." in still.content.decode()


def test_next_years_scheme_entered_early_is_not_what_the_page_opens_on(xiangtan, people):
    Cycle.objects.create(
        programme=xiangtan.programme, year=2018, scheme_title="x", scheme_number="x",
        scheme_issued_on=datetime.date(2017, 5, 1),
    )  # fmt: skip
    clock.set_today(datetime.date(2017, 12, 31))
    assert ask(people.leader, {}).cycle.year == 2017
    clock.set_today(datetime.date(2018, 1, 1))
    assert ask(people.leader, {}).cycle.year == 2018
