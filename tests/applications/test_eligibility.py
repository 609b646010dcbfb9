"""Every reason why a site may not apply, and the first day on which it may: days worked out by hand.

Plaques are written as rows here: how they come about is tested in tests/sites.
"""

import datetime
import itertools

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import clock
from accounts.enums import UnitKind
from accounts.models import Unit
from applications.eligibility import answer, eligibility, gather
from applications.models import Application, Cycle, QuotaPlace
from applications.services import close_cycle, grant_extension, grant_extra_place, next_cycle
from sites.models import Plaque, PlaqueSuspension, Site


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


serial = itertools.count(1)


def plaque(site, level, awarded_on: str, **fields) -> Plaque:
    dates = {key: day(value) for key, value in fields.items() if isinstance(value, str) and value[:2] == "20"}
    defaults = {"number": f"号{next(serial)}", "origin": "registered"}
    return Plaque.objects.create(
        site=site, level=level, awarded_on=day(awarded_on), **defaults | fields | dates
    )


def suspend(held: Plaque, begins_on: str, ended_on: str | None = None) -> None:
    PlaqueSuspension.objects.create(
        plaque=held, begins_on=day(begins_on), ended_on=ended_on and day(ended_on), reason="理由"
    )


def open_2018(people, cycle) -> Cycle:
    """The following year, with the same rules: its last day for filing is 31 May 2018."""
    return next_cycle(
        actor=people.office,
        cycle=cycle,
        scheme_title="2018年方案",
        scheme_number="2018年1号",
        scheme_issued_on=clock.today(),
        approval_basis="市委批准",
        approved_by="市委",
        approval_number="2018年批1号",
    )


@pytest.fixture
def climber(make_site, xiangtan):
    """A site with the county's and the city's plaque, on 22 May 2017: climber("2016-05-23", …) of the city's."""

    def make(awarded_on="2016-05-23", **fields) -> Site:
        site = make_site()
        plaque(site, xiangtan.levels["county"], "2015-01-05")
        site.held = plaque(site, xiangtan.levels["city"], awarded_on, number="潭同社〔2016〕9号", **fields)
        return site

    return make


def texts(found) -> list[str]:
    return [reason.text for reason in found.reasons]


def province(site, xiangtan, on="2017-05-22"):
    return eligibility(site, xiangtan.rules["province"], day(on))


@pytest.mark.parametrize(
    ("awarded_on", "first"),
    [
        ("2016-02-29", "2017-02-28"),  # a leap day: a year on is the last of February
        ("2016-02-28", "2017-02-28"),
        ("2016-03-01", "2017-03-01"),
        ("2016-05-23", "2017-05-23"),
    ],
)
def test_a_year_from_the_day_of_the_award(climber, xiangtan, awarded_on, first):
    site = climber(awarded_on)
    before = province(site, xiangtan, "2017-01-10")
    assert before.earliest == day(first)
    eve = day(first) - datetime.timedelta(days=1)
    assert not eligibility(site, xiangtan.rules["province"], eve).ok
    assert eligibility(site, xiangtan.rules["province"], day(first)).ok


def test_a_suspension_during_the_year_is_added_at_the_end(climber, xiangtan):
    site = climber("2016-04-10")
    # 10 April to 10 April; 31 days of suspension (1 August up to 1 September) push it to 11 May.
    suspend(site.held, "2016-08-01", "2016-09-01")
    found = province(site, xiangtan, "2017-05-10")
    assert texts(found) == [
        "The plaque 潭同社〔2016〕9号 has been held since 10 April 2016; 12 months are required. "
        "31 days of suspension do not count."
    ]
    assert found.earliest == day("2017-05-11")
    assert province(site, xiangtan, "2017-05-11").ok


def test_a_suspension_in_the_added_days_counts_too_and_a_later_one_does_not(climber, xiangtan):
    site = climber("2016-03-01")
    suspend(site.held, "2016-08-01", "2016-09-01")  # 31 days: until 1 April 2017
    suspend(site.held, "2017-03-20", "2017-03-25")  # 5 days more: until 6 April
    suspend(site.held, "2017-05-01", "2017-05-10")  # after it was held long enough
    assert province(site, xiangtan, "2017-04-05").earliest == day("2017-04-06")
    assert province(site, xiangtan, "2017-04-30").ok
    during = province(site, xiangtan, "2017-05-04")
    assert texts(during) == ["The plaque below, 潭同社〔2016〕9号, has been suspended since 1 May 2017."]
    assert during.earliest == day("2017-05-10")


def test_a_scheme_may_count_suspended_time(climber, xiangtan):
    site = climber("2016-04-10")
    suspend(site.held, "2016-08-01", "2016-09-01")
    xiangtan.cycle.level_rules.filter(level__code="province").update(suspended_time_counts=True)
    assert province(site, xiangtan, "2017-04-09").earliest == day("2017-04-10")
    assert province(site, xiangtan, "2017-04-10").ok


def test_a_suspension_that_goes_on_is_not_ended_by_time(climber, xiangtan):
    site = climber("2015-01-05", state="suspended")
    suspend(site.held, "2017-03-01")
    found = province(site, xiangtan)
    assert (texts(found), found.earliest) == (
        ["The plaque below, 潭同社〔2016〕9号, has been suspended since 1 March 2017."],
        None,
    )
    assert found.reasons[0].remedy == "The suspension must be ended first."
    # Before it began the plaque counted.
    assert province(site, xiangtan, "2017-02-28").ok


def test_in_rectification(climber, xiangtan):
    site = climber("2015-01-05", state="rectifying", rectify_by="2017-09-30")
    found = province(site, xiangtan)
    assert texts(found) == [
        "The plaque below, 潭同社〔2016〕9号, is in rectification until 30 September 2017."
    ]
    assert found.earliest is None


def test_revoked(climber, xiangtan):
    site = climber("2015-01-05", state="revoked", ended_on="2017-05-02")
    found = province(site, xiangtan)
    assert texts(found) == [
        "The site holds no valid plaque of the level below: City level. "
        "The plaque 潭同社〔2016〕9号 was revoked on 2 May 2017."
    ]
    assert (found.earliest, found.reasons[0].remedy) == (None, "It must be awarded again first.")
    assert province(site, xiangtan, "2017-05-01").ok


def test_revoked_and_awarded_again_counts_anew(climber, xiangtan):
    site = climber("2014-01-05", state="revoked", ended_on="2016-03-01")
    plaque(site, xiangtan.levels["city"], "2016-05-30", number="潭同社〔2016〕20号")
    found = province(site, xiangtan)
    assert texts(found) == [
        "The plaque 潭同社〔2016〕20号 has been held since 30 May 2016; 12 months are required. "
        "The plaque 潭同社〔2016〕9号 was revoked on 1 March 2016. What was held before does not count."
    ]
    assert found.earliest == day("2017-05-30")


def test_a_replacement_goes_on_counting(climber, xiangtan):
    site = climber("2015-01-05", state="replaced", ended_on="2017-05-02")
    plaque(site, xiangtan.levels["city"], "2017-05-02", held_since="2015-01-05", replaces=site.held)
    assert province(site, xiangtan).ok


def test_the_days_the_replaced_plaque_was_suspended_stay_uncounted(climber, xiangtan):
    site = climber("2016-05-01", state="replaced", ended_on="2017-05-02")
    suspend(site.held, "2016-10-01", "2016-10-11")  # ten days
    plaque(site, xiangtan.levels["city"], "2017-05-02", held_since="2016-05-01", replaces=site.held)
    assert province(site, xiangtan).ok
    assert province(site, xiangtan, "2017-05-10").earliest == day("2017-05-11")


def test_an_expired_plaque_below(climber, xiangtan):
    site = climber("2014-01-05", valid_until="2017-05-01")
    found = province(site, xiangtan)
    assert texts(found)[0].endswith("The plaque 潭同社〔2016〕9号 was valid until 1 May 2017.")
    assert found.earliest is None
    assert province(site, xiangtan, "2017-05-01").ok


def test_a_plaque_of_the_level_itself_until_it_expires(climber, xiangtan):
    site = climber("2015-01-05")
    plaque(site, xiangtan.levels["province"], "2014-05-27", number="湘1号", valid_until="2017-05-26")
    found = province(site, xiangtan)
    assert texts(found) == ["The site already holds the plaque 湘1号 of this level."]
    assert (found.reasons[0].remedy, found.earliest) == ("It is valid until 26 May 2017.", day("2017-05-27"))
    assert province(site, xiangtan, "2017-05-27").ok


def test_a_suspended_plaque_of_the_level_keeps_its_place(climber, xiangtan):
    site = climber("2015-01-05")
    held = plaque(site, xiangtan.levels["province"], "2016-05-27", number="湘1号", state="suspended")
    suspend(held, "2017-01-01")
    assert texts(province(site, xiangtan)) == ["The site already holds the plaque 湘1号 of this level."]


@pytest.mark.parametrize(
    ("paper", "remedy"),
    [("", "Its award paper is added."), ("a.pdf", "The leadership office confirms it.")],
)
def test_a_plaque_that_waits_for_confirmation(climber, xiangtan, paper, remedy):
    site = climber("2015-01-05", state="claimed", paper=paper)
    found = province(site, xiangtan)
    assert texts(found) == [
        "The plaque below, 潭同社〔2016〕9号, waits for confirmation and does not count yet."
    ]
    assert (found.reasons[0].remedy, found.earliest) == (remedy, None)


# --- the year -----------------------------------------------------------------------------------------------


def test_held_long_enough_only_after_the_last_day(climber, xiangtan, people):
    site = climber("2016-12-16")
    found = province(site, xiangtan)
    assert found.reasons[0].earliest == day("2017-12-16")
    assert found.earliest is None
    assert found.outlook == "The cycle 2018 has not been prepared yet; its days are not known."
    open_2018(people, xiangtan.cycle)
    found = province(site, xiangtan)
    assert (found.earliest, found.first_yes[1].cycle.year) == (day("2018-01-01"), 2018)
    assert found.outlook == "Possible from 1 January 2018 on, in the cycle 2018."


def test_held_long_enough_in_the_middle_of_the_next_year(climber, xiangtan, people):
    site = climber("2017-03-15")
    open_2018(people, xiangtan.cycle)
    assert province(site, xiangtan).earliest == day("2018-03-15")


def test_held_long_enough_only_after_the_next_years_last_day(climber, xiangtan, people):
    site = climber("2017-06-15")
    open_2018(people, xiangtan.cycle)
    assert province(site, xiangtan, "2017-07-01").earliest is None


def test_a_next_year_that_is_prepared_but_not_open(climber, xiangtan, people):
    site = climber("2016-12-16")
    Cycle.objects.filter(pk=open_2018(people, xiangtan.cycle).pk).update(state="prepared")
    found = province(site, xiangtan)
    assert found.earliest == day("2018-01-01")
    assert found.outlook == "Possible from 1 January 2018 on, in the cycle 2018, once it is opened."


def test_after_the_last_day_and_after_an_extension(climber, xiangtan, people):
    site = climber("2015-01-05")
    assert province(site, xiangtan, "2017-05-31").ok
    late = province(site, xiangtan, "2017-06-01")
    assert (texts(late), late.earliest) == (["The last day for filing was 31 May 2017."], None)
    grant_extension(
        actor=people.office, cycle=xiangtan.cycle, area=site.area, until=day("2017-06-09"), reason="洪水"
    )
    assert province(site, xiangtan, "2017-06-09").ok
    assert not province(site, xiangtan, "2017-06-10").ok


def test_a_closed_cycle(climber, xiangtan, people):
    site = climber("2015-01-05")
    close_cycle(actor=people.office, cycle=xiangtan.cycle)
    xiangtan.rules["province"].cycle.refresh_from_db()
    found = province(site, xiangtan)
    assert (len(texts(found)), found.earliest) == (1, None)
    open_2018(people, xiangtan.cycle)
    assert province(site, xiangtan).earliest == day("2018-01-01")


def test_the_place_is_taken_until_another_is_granted_or_the_next_year(climber, xiangtan, people, make_site):
    site, other = climber("2015-01-05"), make_site("另一社区")
    taken = _application(xiangtan, people, other, "province", "submitted")
    QuotaPlace.objects.filter(level=xiangtan.levels["province"], area=site.area).update(application=taken)
    found = province(site, xiangtan)
    assert texts(found) == ["The quota of Xiangtan County for Province level is used up: 1 of 1."]
    assert (found.earliest, found.outlook) == (
        None,
        "The cycle 2018 has not been prepared yet; its days are not known.",
    )
    open_2018(people, xiangtan.cycle)
    assert province(site, xiangtan).earliest == day("2018-01-01")
    grant_extra_place(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=site.area,
        level=xiangtan.levels["province"],
        reason="实地考察认可",
    )
    assert province(site, xiangtan).ok


def test_an_area_without_places(climber, xiangtan):
    site = climber("2015-01-05")
    QuotaPlace.objects.filter(area=site.area).delete()
    assert texts(province(site, xiangtan)) == [
        "Xiangtan County has no place for Province level in 2017 Four Tongxin Demonstration Sites."
    ]


def test_an_application_under_way_and_its_place(climber, xiangtan, people):
    site = climber("2015-01-05")
    own = _application(xiangtan, people, site, "province", "submitted")
    QuotaPlace.objects.filter(level=xiangtan.levels["province"], area=site.area).update(application=own)
    open_2018(people, xiangtan.cycle)
    found = province(site, xiangtan)
    # The place is its own: that the quota is used up is no second reason. Undecided, it blocks the next year too.
    assert texts(found) == [f"Application {own.number} of this site is under way: Submitted."]
    assert (found.application, found.earliest) == (own, None)


def test_an_unfinished_draft_does_not_block_the_next_year(climber, xiangtan, people):
    site = climber("2015-01-05")
    _application(xiangtan, people, site, "province", "draft")
    following = open_2018(people, xiangtan.cycle)
    assert province(site, xiangtan).earliest == day("2018-01-01")
    rule = following.level_rules.get(level__code="province")
    assert eligibility(site, rule, day("2018-01-01")).ok


def test_a_category_not_offered_this_year(climber, xiangtan, people):
    site = climber("2015-01-05")
    open_2018(people, xiangtan.cycle)
    rule = xiangtan.cycle.level_rules.get(level__code="province")
    rule.categories.remove(site.category)
    found = province(site, xiangtan)
    assert texts(found) == ["Tongxin Community is not offered at Province level in this cycle."]
    assert found.earliest == day("2018-01-01")  # there the scheme offers it again


# --- sites and units ----------------------------------------------------------------------------------------


def test_a_closed_site(climber, xiangtan):
    site = climber("2015-01-05")
    site.state = "closed"
    found = province(site, xiangtan)
    assert (texts(found), found.earliest) == (["The site is closed."], None)


def test_a_merged_site(climber, xiangtan, make_site):
    site = climber("2015-01-05")
    site.state, site.merged_into = "merged", make_site("合并后社区")
    found = province(site, xiangtan)
    assert (texts(found), found.reasons[0].remedy) == (
        ["The site was merged into 合并后社区."],
        "Apply with that site.",
    )


def test_a_county_that_is_no_area_of_the_programme_any_more(climber, xiangtan):
    site = climber("2015-01-05")
    Unit.objects.filter(pk=site.area_id).update(kind=UnitKind.TOWNSHIP)
    QuotaPlace.objects.filter(area=site.area).delete()
    assert texts(province(site, xiangtan)) == [
        "Xiangtan County is no longer a county or park of this programme.",
        "Xiangtan County has no place for Province level in 2017 Four Tongxin Demonstration Sites.",
    ]


def test_several_reasons_at_once(climber, xiangtan):
    site = climber("2017-03-15", state="rectifying", rectify_by="2017-09-30")
    QuotaPlace.objects.filter(area=site.area).delete()
    site.state = "closed"
    found = province(site, xiangtan, "2017-06-10")
    assert found.kinds == ["site", "below_rectifying", "below_too_short", "too_late", "quota"]
    assert [reason.article != "" for reason in found.reasons] == [False, True, True, True, True]
    assert found.earliest is None


# --- one answer and the city's table -------------------------------------------------------------------------


def _application(xiangtan, people, site, level, state) -> Application:
    return Application.objects.create(
        cycle=xiangtan.cycle,
        site=site,
        level=xiangtan.levels[level],
        area=site.area,
        number=f"申报{next(serial)}",
        state=state,
        created_by=people.county,
        created_at=timezone.now(),
        filed_first_at=timezone.now(),
    )


days = st.dates(day("2015-06-01"), day("2018-08-01"))
histories = st.fixed_dictionaries(
    {
        "awarded": days,
        "held": st.integers(1, 900),
        "end": st.sampled_from(["", "revoked", "expires", "rectifying", "suspended"]),
        "stretches": st.lists(st.tuples(st.integers(0, 500), st.integers(1, 90)), max_size=2),
        "own": st.sampled_from([None, 0, 700]),
        "state": st.sampled_from(["active", "active", "active", "closed"]),
        "live": st.sampled_from([None, None, "draft", "submitted", "refused"]),
    }
)


def _make(xiangtan, people, number: int, history: dict) -> Site:
    site = Site.objects.create(
        programme=xiangtan.programme, category=xiangtan.categories["village"], state=history["state"],
        area=xiangtan.areas["湘潭县"], unit=xiangtan.areas["湘潭县"], name=f"村{number}",
        address="路", person_in_charge="主任", registered_at=timezone.now(),
    )  # fmt: skip
    end = history["awarded"] + datetime.timedelta(days=history["held"])
    state = {"expires": "valid", "": "valid"}.get(history["end"], history["end"])
    held = Plaque.objects.create(
        site=site, level=xiangtan.levels["city"], number=f"假{number}", origin="registered",
        awarded_on=history["awarded"], state=state, ended_on=end if state == "revoked" else None,
        valid_until=end if history["end"] == "expires" else None,
        rectify_by=end if state == "rectifying" else None,
    )  # fmt: skip
    for after, length in history["stretches"]:
        begins = history["awarded"] + datetime.timedelta(days=after)
        PlaqueSuspension.objects.create(
            plaque=held, begins_on=begins, ended_on=begins + datetime.timedelta(days=length), reason="由"
        )
    if state == "suspended":
        PlaqueSuspension.objects.create(plaque=held, begins_on=end, reason="由")
    if history["own"] is not None:
        began = history["awarded"] + datetime.timedelta(days=history["own"])
        until = began + datetime.timedelta(days=200)
        plaque(site, xiangtan.levels["province"], began.isoformat(), valid_until=until.isoformat())
    if history["live"]:
        _application(xiangtan, people, site, "province", history["live"])
    return site


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(histories, min_size=1, max_size=6), on=days, following=st.booleans())
def test_the_table_says_what_each_page_says_and_its_days_are_the_first(
    xiangtan, people, drawn, on, following
):
    """Made-up sites: all together as one by one; and the earliest day is the first one a day-by-day search finds."""
    cycle = Cycle.objects.get(pk=xiangtan.cycle.pk)
    if following and not Cycle.objects.filter(year=2018).exists():
        open_2018(people, cycle)
    sites = [_make(xiangtan, people, next(serial), history) for history in drawn]
    together = gather(Site.objects.all(), cycle)
    rule = cycle.level_rules.get(level__code="province")
    for site in sites:
        alone = eligibility(site, rule, on)
        found = answer(site, rule.level_id, on, together)
        assert (found.kinds, found.earliest) == (alone.kinds, alone.earliest)
        assert [str(reason) for reason in found.reasons] == [str(reason) for reason in alone.reasons]
        if not found.ok:
            assert found.earliest == _first_day(site, on, together)


def _first_day(site, on, facts) -> datetime.date | None:
    """The slow way: ask about every day, this year's rules first, then the next year's from its first day."""
    level = next(rule.level_id for rule in facts.this.rules.values() if rule.level.code == "province")
    for year in filter(None, (facts.this, facts.following)):
        first = on if year is facts.this else max(on, day("2018-01-01"))
        year_alone = type(facts)(year, None, facts.areas, facts.plaques)
        last = year.deadlines[site.area_id]
        for number in range((last - first).days + 1):
            asked = first + datetime.timedelta(days=number)
            if answer(site, level, asked, year_alone).ok:
                return asked
    return None


def test_the_queries_do_not_grow_with_the_sites(xiangtan, make_site, django_assert_num_queries):
    for number in range(12):
        plaque(make_site(f"点{number}"), xiangtan.levels["county"], "2015-01-05")
    cycle = Cycle.objects.select_related("programme__owner").get()
    for sites in (Site.objects.all()[:1], Site.objects.all()):
        loaded = list(sites.select_related("area", "category"))
        with django_assert_num_queries(10):
            facts = gather(loaded, cycle)
            for site in loaded:
                for level_id in facts.this.rules:
                    assert answer(site, level_id, day("2017-05-22"), facts).kinds is not None
