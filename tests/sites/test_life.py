"""The ledgers of a site: who moves an entry from which state to which, what counts, and what may stand."""

import datetime
import hashlib
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction as database
from PIL import Image

from accounts.errors import DomainError
from accounts.models import AuditEvent, User
from accounts.staircase import broken_rows
from notices.models import Message
from sites.life_content import content_hash
from sites.life_enums import ENTRY_TRANSITIONS, EntryAction, EntryState
from sites.life_kinds import KINDS, find_kind, kind_of, progress_of
from sites.life_selectors import figures_by_year, fund_sums, overview, waiting_for
from sites.models import (
    Activity,
    CoBuilder,
    Entry,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    SiteFigure,
    Venue,
)
from sites.services import (
    add_entry,
    change_entry,
    close_site,
    confirm_entries,
    confirm_entry,
    end_liaison,
    refuse_entry,
    set_figures,
    transition,
    withdraw_entry,
)
from tests.sites.life import VALUES, photo_file, values_of

_S, _A = EntryState, EntryAction
DAY = datetime.date
COUNTY, OWN = {"county", None}, {"liaison", None}
#: state -> step -> (next state, who takes it on an entry a liaison proposed; None is the installation itself).
TABLE = {
    _S.PROPOSED: {
        _A.CONFIRM: (_S.CONFIRMED, COUNTY),
        _A.REFUSE: (_S.REFUSED, COUNTY),
        _A.WITHDRAW: (_S.WITHDRAWN, OWN),
    },
    _S.REFUSED: {_A.WITHDRAW: (_S.WITHDRAWN, OWN)},
    _S.CONFIRMED: {_A.WITHDRAW: (_S.WITHDRAWN, COUNTY), _A.REPLACE: (_S.REPLACED, COUNTY)},
    _S.WITHDRAWN: {},
    _S.REPLACED: {},
}


@pytest.fixture
def site(make_site):
    return make_site()


@pytest.fixture
def liaison(site, liaison_of) -> User:
    return liaison_of(site)


@pytest.fixture
def add(site, people):
    """add(Fund, year=2016): an entry of the county's, or of somebody else's."""

    def do(model, actor=people.county, **values):
        if model is PlanGoal and "plan" not in values:
            values["plan"] = add_entry(actor=people.county, site=site, model=Plan, **VALUES[Plan])
        return add_entry(actor=actor, site=site, model=model, **values_of(model, **values))

    return do


@pytest.fixture
def everybody(people, liaison, make_site, liaison_of, make_user, xiangtan) -> dict:
    from accounts.enums import Role

    other = liaison_of(make_site("同心社区乙"), "liaison_of_another_site")
    abroad = liaison_of(make_site("同心社区丙", area="韶山市"), "liaison_next_door")
    more = {
        "liaison": liaison, "other_liaison": other, "liaison_next_door": abroad,
        "supervisor": make_user("supervisor", Role.SUPERVISOR, xiangtan.city),
        "keeper": make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"]),
        "county_leader": make_user("countyleader", Role.LEADER, xiangtan.areas["湘潭县"]),
    }  # fmt: skip
    fresh = {name: User.objects.get(pk=person.pk) for name, person in (vars(people) | more).items()}
    return fresh | {None: None}


def succeeds(user, entry, action) -> bool:
    """Whether the person gets the step done; undone again afterwards."""
    fresh = type(entry).objects.get(pk=entry.pk)
    try:
        with database.atomic():
            transition(obj=fresh, action=action, actor=user, reason="理由")
            database.set_rollback(True)
    except DomainError:
        return False
    return True


def test_the_table_is_the_one_written_here_and_names_every_role(everybody):
    from accounts.enums import Role

    found = {(state, action): target for (state, action), target in ENTRY_TRANSITIONS.items()}
    assert found == {(s, a): target for s, steps in TABLE.items() for a, (target, _who) in steps.items()}
    assert set(TABLE) == set(_S)
    assert {row.role for user in everybody.values() if user for row in user.role_assignments.all()} == set(
        Role
    )


@pytest.mark.parametrize("model", [Activity, Fund, Photo, PlanGoal])
def test_state_by_step_by_person(model, add, liaison, everybody):
    entry = add(model, actor=liaison)
    for state, steps in TABLE.items():
        model.objects.filter(pk=entry.pk).update(state=state)
        found = {
            action: {name for name, user in everybody.items() if succeeds(user, entry, action)}
            for action in _A
        }
        assert found == {action: steps.get(action, (None, set()))[1] for action in _A}, state


@pytest.mark.parametrize("action", [_A.REFUSE, _A.WITHDRAW])
def test_a_step_that_is_decided_needs_its_reason(action, add, liaison, people):
    entry = add(Fund, actor=liaison)
    actor = people.county if action == _A.REFUSE else liaison
    with pytest.raises(DomainError, match="理由"):
        transition(obj=entry, action=action, actor=actor, reason=" ")


def test_every_ledger_takes_the_countys_entry_at_once_and_a_liaisons_as_a_proposal(
    add, liaison, people, site
):
    assert {kind.model for kind in KINDS} == set(VALUES) == set(Entry.__subclasses__())
    for model in VALUES:
        mine = add(model)
        assert (mine.state, mine.recorded_by) == ("confirmed", people.county)
        mine.refresh_from_db()
        more = {"held_on": DAY(2017, 5, 5)} if model is Activity else {}
        theirs = add(model, actor=liaison, **more)
        assert theirs.state == "proposed"
        confirm_entry(actor=people.county, entry=theirs)
        theirs.refresh_from_db()
        assert (theirs.state, theirs.decided_by) == ("confirmed", people.county)
        (row,) = theirs.log.all()
        assert (row.from_state, row.to_state, row.actor) == ("proposed", "confirmed", people.county)
        assert row.content_hash == content_hash(theirs)
        assert broken_rows(type(row), theirs) == []
        assert find_kind(kind_of(mine).code).model is model
    steps = (
        AuditEvent.objects.filter(action__startswith="fund.").order_by("id").values_list("action", "actor")
    )
    assert list(steps) == [
        ("fund.record", people.county.pk),
        ("fund.propose", liaison.pk),
        ("fund.confirm", people.county.pk),
    ]


def test_nobody_else_adds(everybody, site, add):
    for name, user in everybody.items():
        if name in ("county", "liaison", None):
            continue
        with pytest.raises(DomainError):
            add(Fund, actor=user)
    assert Fund.objects.count() == 0


def test_a_closed_site_takes_nothing_and_confirms_nothing(add, liaison, people, site):
    entry = add(Fund, actor=liaison)
    close_site(actor=people.county, site=site, reason="拆迁")
    with pytest.raises(DomainError):
        add(Fund)
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=entry)
    refuse_entry(actor=people.county, entry=entry, reason="示范点已关闭")
    assert Fund.objects.get().state == "refused"


# --- changing and taking back -----------------------------------------------------------------------------------


def test_a_change_takes_the_place_once_it_is_confirmed(add, liaison, people):
    first = add(Fund)
    change = change_entry(actor=liaison, entry=first, amount=Decimal("70000.00"))
    assert (change.state, change.supersedes, change.name) == ("proposed", first, "县级财政")
    assert Fund.objects.confirmed().get().amount == Decimal("50000.05")
    with pytest.raises(DomainError):
        change_entry(actor=liaison, entry=first, amount=Decimal(1))
    confirm_entry(actor=people.county, entry=change)
    assert Fund.objects.confirmed().get().amount == Decimal("70000.00")
    first.refresh_from_db()
    assert first.state == "replaced"
    assert first.log.get().action == "replace"


def test_the_county_changes_at_once_and_an_overtaken_proposal_is_not_confirmed(add, liaison, people):
    first = add(Venue)
    proposal = change_entry(actor=liaison, entry=first, open_hours="9—17")
    direct = change_entry(actor=people.county, entry=first, open_hours="8—20")
    assert direct.state == "confirmed"
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=proposal)
    assert list(Venue.objects.confirmed().values_list("open_hours", flat=True)) == ["8—20"]
    refuse_entry(actor=people.county, entry=proposal, reason="已由县里更正")


def test_a_refused_entry_is_proposed_anew_and_its_author_reads_why(add, liaison, people, site):
    entry = add(Fund, actor=liaison)
    refuse_entry(actor=people.county, entry=entry, reason="请注明到账日期")
    assert Message.objects.get(recipient=liaison).body == "请注明到账日期"
    fresh = User.objects.get(pk=liaison.pk)
    (todo,) = waiting_for(fresh)
    assert "县级财政" in todo.text
    newer = change_entry(actor=liaison, entry=entry, received_on=DAY(2017, 3, 20))
    entry.refresh_from_db()
    assert (entry.state, newer.state, newer.supersedes) == ("withdrawn", "proposed", None)
    assert waiting_for(User.objects.get(pk=liaison.pk)) == []
    (todo,) = waiting_for(User.objects.get(pk=people.county.pk))
    assert todo.url == "/sites/life/waiting/"
    assert waiting_for(User.objects.get(pk=people.neighbour.pk)) == []


def test_what_is_taken_back_stays_on_record_and_counts_no_more(add, people, site):
    entry = add(Fund)
    withdraw_entry(actor=people.county, entry=entry, reason="重复登记")
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.decided_by) == ("withdrawn", "重复登记", people.county)
    assert overview(site).count_of("funds") == 0
    with pytest.raises(DomainError):
        change_entry(actor=people.county, entry=entry, amount=Decimal(1))


def test_a_liaison_whose_appointment_ended_does_nothing_more(add, liaison, people, site):
    entry = add(Fund, actor=liaison)
    end_liaison(actor=people.county, liaison=site.liaisons.get())
    fresh = User.objects.get(pk=liaison.pk)
    for act in (
        lambda: add(Fund, actor=fresh),
        lambda: change_entry(actor=fresh, entry=entry, amount=Decimal(1)),
        lambda: withdraw_entry(actor=fresh, entry=entry, reason="-"),
    ):
        with pytest.raises(DomainError):
            act()
    confirm_entry(actor=people.county, entry=entry)


def test_several_are_confirmed_each_by_itself(add, liaison, people):
    plan = add(Plan, actor=liaison)
    goal = add(PlanGoal, actor=liaison, plan=plan)
    fund = add(Fund, actor=liaison)
    venue = add(Venue, actor=liaison)
    withdraw_entry(actor=liaison, entry=venue, reason="误报")
    done, refusals = confirm_entries(actor=people.county, entries=[goal, venue, fund, plan])
    assert (done, len(refusals)) == (3, 1)
    assert "同心书屋" in refusals[0]
    assert {plan.state, goal.state, fund.state} == {"confirmed"}


def test_a_goal_waits_for_its_plan(add, liaison, people):
    goal = add(PlanGoal, actor=liaison, plan=add(Plan, actor=liaison))
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=goal)


# --- what counts ------------------------------------------------------------------------------------------------


def test_funds_are_added_up_to_the_cent_by_year_and_source(add, liaison):
    for name, amount, year in (
        ("县级财政", "0.10", 2017), ("县级财政", "0.20", 2017), ("县工商联", "12345.60", 2017),
        ("县级财政", "999999999999.99", 2016),
    ):  # fmt: skip
        add(Fund, name=name, amount=Decimal(amount), year=year)
    add(Fund, actor=liaison, name="县侨联", amount=Decimal(8000))
    sums = fund_sums(Fund.objects.all())
    assert sums.by_year == [(2017, Decimal("12345.90")), (2016, Decimal("999999999999.99"))]
    assert sums.by_source == [("县级财政", Decimal("1000000000000.29")), ("县工商联", Decimal("12345.60"))]
    assert sums.total == Decimal("1000000012345.89")


def test_figures_are_the_sites_once_confirmed_with_their_change_to_the_year_before(
    add, liaison, people, site
):
    set_figures(site=site, year=2015, values={"members": 480, "jobs": 100})
    report = add(FigureReport, actor=liaison)
    assert not SiteFigure.objects.filter(site=site, year=2016).exists()
    confirm_entry(actor=people.county, entry=report)
    years, rows = figures_by_year(site)
    assert years == [2016, 2015]
    cells = {label: [(cell.value, cell.change) for cell in cells] for label, cells in rows}
    assert cells["统战成员（人）"] == [(Decimal(507), Decimal(27)), (Decimal(480), None)]
    assert cells["就业岗位（个）"] == [(None, None), (Decimal(100), None)]
    assert cells["年度投入资金（万元）"] == [(Decimal("36.50"), None), (None, None)]
    # A second report of the year takes the place of the first; what it leaves out stays.
    add(FigureReport, values={"members": "510"})
    assert list(FigureReport.objects.order_by("id").values_list("state", flat=True)) == [
        "replaced",
        "confirmed",
    ]
    assert dict(SiteFigure.objects.filter(year=2016).values_list("code", "value")) == {
        "members": Decimal(510),
        "investment": Decimal("36.50"),
    }
    with pytest.raises(DomainError):
        withdraw_entry(actor=people.county, entry=FigureReport.objects.confirmed().get(), reason="错")


@pytest.mark.parametrize(
    ("values", "progress"),
    [
        ({"target": Decimal(40), "reached": Decimal(18)}, 45),
        ({"target": Decimal(3), "reached": Decimal(2)}, 66),
        ({"target": Decimal(3), "reached": Decimal(9)}, 100),
        ({"target": None, "reached": None, "percent": 30}, 30),
        ({"target": None, "reached": None}, 0),
        ({"target": Decimal(40), "reached": Decimal(1), "is_done": True}, 100),
    ],
)
def test_progress_of_a_goal(values, progress):
    assert PlanGoal(**VALUES[PlanGoal] | values).progress == progress


def test_a_plan_keeps_its_goals_when_it_is_written_anew(add, liaison, people):
    plan = add(Plan)
    add(PlanGoal, plan=plan)
    add(PlanGoal, plan=plan, year=2018, target=None, reached=None, percent=30)
    add(PlanGoal, actor=liaison, plan=plan, year=2018, is_done=True)
    assert progress_of(plan) == 37  # (45 + 30) / 2; the proposal does not count
    newer = change_entry(actor=liaison, entry=plan, name="同心三年规划")
    assert plan.goals.count() == 3
    confirm_entry(actor=people.county, entry=newer)
    assert (plan.goals.count(), newer.goals.count()) == (0, 3)
    with pytest.raises(DomainError):
        change_entry(actor=people.county, entry=newer, to_year=2017)
    with pytest.raises(DomainError):
        withdraw_entry(actor=people.county, entry=newer, reason="停止")


def test_the_overview_counts_what_is_confirmed(add, liaison, site, django_assert_num_queries):
    for number in range(3):
        add(Activity, name=f"活动{number}", held_on=DAY(2017, 5, 1 + number))
    add(Activity, actor=liaison, name="待确认")
    add(FigureReport)
    with django_assert_num_queries(1):
        found = overview(site)
    tiles = {tile.kind.code: (tile.count, tile.waiting, tile.newest) for tile in found.tiles}
    assert tiles["activities"] == (3, 1, "活动2")
    assert tiles["figures"] == (1, 0, "2016")
    assert tiles["venues"] == (0, 0, "")
    assert found.liaisons == 1


def test_an_activity_that_waits_or_was_taken_back_is_free_to_be_entered(site, liaison, people):
    entry = {"site": site, "model": Activity, "held_on": DAY(2017, 5, 4), "name": "法律咨询"}
    proposal = add_entry(actor=liaison, **entry)
    with pytest.raises(DomainError):
        add_entry(actor=liaison, **entry)
    own = add_entry(actor=people.county, **entry)
    with pytest.raises(DomainError):
        confirm_entry(actor=people.county, entry=proposal)
    proposal.refresh_from_db()
    assert (proposal.state, own.state) == ("proposed", "confirmed")
    withdraw_entry(actor=people.county, entry=own, reason="误记")
    confirm_entry(actor=people.county, entry=proposal)


# --- what may stand ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "wrong"),
    [
        (Activity, {"held_on": DAY(2017, 5, 23)}),
        (Venue, {"area": Decimal(0)}),
        (Venue, {"since": DAY(2017, 5, 23)}),
        (CoBuilder, {"ends_on": DAY(2016, 6, 30)}),
        (CoBuilder, {"begins_on": DAY(216, 7, 1)}),
        (OfficeHolder, {"ends_on": DAY(2016, 6, 30)}),
        (OfficeHolder, {"name": "副部长 0731-55551234"}),
        (OfficeHolder, {"unit_name": "县委统战部 138 0000 0000"}),
        (Secondment, {"number": 0}),
        (Fund, {"amount": Decimal(0)}),
        (Fund, {"amount": Decimal(-1)}),
        (Fund, {"year": 2019}),
        (Fund, {"year": 217}),
        (Fund, {"received_on": DAY(2016, 12, 31)}),
        (Fund, {"received_on": DAY(2017, 5, 23)}),
        (FigureReport, {"year": 2018}),
        (FigureReport, {"values": {}}),
        (FigureReport, {"values": {"unheard_of": "1"}}),
        (FigureReport, {"values": {"members": "-1"}}),
        (Plan, {"to_year": 2015}),
        (Plan, {"to_year": 2026}),
        (PlanGoal, {"year": 2019}),
        (PlanGoal, {"percent": 101}),
        (PlanGoal, {"target": Decimal(0)}),
        (Photo, {"taken_on": DAY(2017, 5, 23)}),
    ],
)
def test_what_cannot_be_is_refused(model, wrong, add):
    plan = {"plan": add(Plan)} if model is PlanGoal else {}
    with pytest.raises(DomainError):
        add(model, **plan | wrong)
    assert model.objects.count() == 0


def test_the_last_days_and_the_longest_words_are_taken(add):
    rare = "㙟𬇙堃喆昇玥旻"
    venue = add(Venue, name=(rare * 20)[:100], since=DAY(2017, 5, 22), kind=rare)
    venue.refresh_from_db()
    assert (len(venue.name), venue.kind) == (100, rare)
    leap = add(Activity, held_on=DAY(2016, 2, 29), name=rare)
    assert str(leap) == f"2016-02-29 {rare}"
    fund = add(Fund, received_on=DAY(2017, 5, 22), amount=Decimal("0.01"))
    fund.refresh_from_db()
    assert fund.amount == Decimal("0.01")
    assert add(Plan, to_year=2025).to_year == 2025


# --- photos -----------------------------------------------------------------------------------------------------


def test_a_photo_is_shrunk_turned_and_stripped(add):
    upload = photo_file(size=(3000, 1500))
    with Image.open(upload) as before:
        assert before.getexif().get_ifd(0x8825)
        assert before.info["comment"] == b"somebody's phone"
    upload.seek(0)
    photo = add(Photo, picture=upload)
    assert (photo.width, photo.height) == (2000, 1000)
    for file, size in ((photo.image, (2000, 1000)), (photo.thumbnail, (480, 240))):
        with file.open() as kept, Image.open(kept) as picture:
            assert (picture.size, picture.format) == (size, "JPEG")
            assert dict(picture.getexif()) == {}
            assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & set(picture.info)
            file.seek(0)
            raw = file.read()
            assert not any(word in raw for word in (b"Phone 1", b"Exif", b"somebody"))
    assert photo.thumbnail.size < 20_000


def test_a_sideways_picture_stands_upright_and_a_transparent_one_is_on_white(add):
    lying, file = Image.new("RGB", (60, 30), "red"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(file, "JPEG", exif=exif)
    photo = add(Photo, picture=SimpleUploadedFile("a.jpg", file.getvalue()))
    assert (photo.width, photo.height) == (30, 60)
    clear, file = Image.new("RGBA", (20, 20), (0, 0, 0, 0)), io.BytesIO()
    clear.save(file, "PNG")
    photo = add(Photo, picture=SimpleUploadedFile("a.png", file.getvalue()))
    with photo.image.open() as kept, Image.open(kept) as picture:
        assert picture.getpixel((10, 10)) == (255, 255, 255)


def test_what_is_no_picture_is_refused(add):
    whole = photo_file().read()
    for name, content in (
        ("a.jpg", b"%PDF-1.7"), ("a.gif", whole), ("a.png", whole), ("a.jpg", b""), ("a.jpg", whole[:400]),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            add(Photo, picture=SimpleUploadedFile(name, content))
    with pytest.raises(DomainError):
        add(Photo, picture=None)
    assert Photo.objects.count() == 0


def test_the_words_below_a_photo_change_and_the_picture_stays(add, people):
    photo = add(Photo)
    newer = change_entry(actor=people.county, entry=photo, alt="居民在同心工作站听宣讲")
    assert newer.image.name == photo.image.name
    before = hashlib.sha256(photo.image.open().read()).hexdigest()
    assert hashlib.sha256(newer.image.open().read()).hexdigest() == before
