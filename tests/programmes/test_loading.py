"""Loading twice changes nothing; a changed file changes what nothing rests on yet, and nothing else."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent, Unit
from accounts.scope import reached_unit_ids
from accounts.services import create_user, grant_role
from applications.enums import CycleState
from applications.models import Cycle, QuotaPlace
from applications.services import next_cycle, start_application, withdraw
from notices.models import CalendarDay
from programmes.services import ProgrammeFrozen, load
from sites.services import award_own_plaque, register_site
from supervision.models import GroupArea, SupervisionGroup
from supervision.services import join_group
from tests.programmes.conftest import TINY, XIANGTAN


def _draft(tiny, name="一号驿站"):
    site = register_site(
        actor=tiny.clerk,
        programme=tiny.programme,
        area=tiny.east,
        category=tiny.programme.categories.get(code="hall"),
        name=name,
        address="东县一路",
        person_in_charge="站长",
    )
    level = tiny.programme.levels.get(code="base")
    with clock.travel(datetime.date(2023, 1, 10)):
        award_own_plaque(actor=tiny.clerk, site=site, level=level, reason="自评")
    return start_application(actor=tiny.clerk, site=site, rule=tiny.rules["star"])


def test_loading_twice_changes_nothing(xiangtan, count_rows):
    before = count_rows()
    report = load(XIANGTAN)
    assert count_rows() == before
    assert (report.created.total(), report.changed.total(), report.wrote) == (0, 0, False)
    assert report.unchanged["unit"] == Unit.objects.count()
    assert report.unchanged["milestone"] == 4
    assert report.unchanged["grouparea"] == 8


def test_first_load_counts_what_it_made(db):
    report = load(XIANGTAN)
    made = {name: report.created[name] for name in ("level", "category", "cycle", "quotaplace", "grouparea")}
    assert made == {"level": 3, "category": 4, "cycle": 1, "quotaplace": 16, "grouparea": 8}
    event = AuditEvent.objects.get(action="programme.load")
    assert event.detail["created"]["quotaplace"] == 16


def test_a_day_a_person_edited_in_the_calendar_stays(xiangtan):
    CalendarDay.objects.filter(day=datetime.date(2017, 5, 30)).update(is_working=True)
    load(XIANGTAN)
    assert CalendarDay.objects.get(day=datetime.date(2017, 5, 30)).is_working


def test_a_changed_file_changes_a_year_nobody_has_filed_in(tiny, changed_file):
    path = changed_file(TINY, {"quota: 2": "quota: 1", "name: 场所, points: 7.5": "name: 场地, points: 7.5"})
    report = load(path)
    assert dict(+report.changed) == {"levelrule": 1, "indicator": 1, "quotaplace": 2}
    assert QuotaPlace.objects.count() == 2
    assert tiny.cycle.level_rules.get(level__code="star").quota == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("quota: 2", "quota: 3", "quota: 2 → 3"),
        ("required_months: 6", "required_months: 0", "required_months: 6 → 0"),
        ("steps: [acceptance, notice]", "steps: [acceptance]", "steps"),
        ("max_chars: 300", "max_chars: 200", "form differs"),
        ("points: 7.5", "points: 7.5, standard: 新标准", "standard"),
        ("pass_mark: 6.5", "pass_mark: 6", "pass_mark: 6.50 → 6"),
        ("{code: A3, name: 造假, veto: true}", "{code: A4, name: 造假, veto: true}", "is no longer there"),
        ("due_on: 2023-09-30", "due_on: 2023-09-15", "due_on: 2023-09-30 → 2023-09-15"),
        ("categories: [hall]}", "categories: [hall, hall2]}", None),
        ('plaque_number: "星', 'plaque_number: "亮', "plaque_number"),
        ("mark: 驿", "mark: 站", "mark: 驿 → 站"),
        ("name: 志愿者", "name: 义工", "figures"),
        ("ladder: 方案 第4条", "ladder: 方案 第9条", "articles"),
    ],
)
def test_what_applications_rest_on_is_refused(tiny, changed_file, count_rows, old, new, words):
    _draft(tiny)
    changes = {old: new}
    if words is None:  # a category more, offered at the level
        changes["{code: garden,"] = "{code: hall2, name: 新站, mark: 新}\n  - {code: garden,"
        changes["    - category: hall\n"] = (
            "    - {category: hall2, version: '1', name: 新, total: 1, pass_mark: 1, indicators: "
            "[{code: A, name: 全, indicators: [{code: A1, name: 全, points: 1}]}]}\n    - category: hall\n"
        )
        words = "categories differs"
    before = count_rows()
    with pytest.raises(ProgrammeFrozen) as refused:
        load(changed_file(TINY, changes))
    assert words in str(refused.value)
    assert count_rows() == before


def test_a_new_numbering_waits_until_nothing_is_on_its_way(tiny, changed_file):
    draft = _draft(tiny)
    renumbered = changed_file(TINY, {'plaque_number: "星': 'plaque_number: "亮', "mark: 驿": "mark: 站"})
    with pytest.raises(ProgrammeFrozen):
        load(renumbered)
    withdraw(actor=tiny.clerk, application=draft, reason="另报")
    load(renumbered)
    assert tiny.programme.levels.get(code="star").plaque_number == "亮{category}{year}-{number}"
    assert tiny.programme.categories.get(code="hall").mark == "站"
    assert draft.site.plaques.get().number == "东字1号"


def test_the_approval_may_still_be_renewed(tiny, changed_file):
    _draft(tiny)
    load(changed_file(TINY, {"小委〔2023〕9号": "小委〔2023〕10号"}))
    tiny.cycle.refresh_from_db()
    assert tiny.cycle.approval_number == "小委〔2023〕10号"


def test_the_office_may_move_in_the_middle_of_a_year(xiangtan, make_site, people, changed_file):
    assert xiangtan.cycle.contact["address"] == "市委统战部605室"
    award_own_plaque(
        actor=people.county, site=(site := make_site()), level=xiangtan.levels["county"], reason="文件"
    )
    start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])
    load(changed_file(XIANGTAN, {"address: 市委统战部605室": "address: 市委统战部302室"}))
    xiangtan.cycle.refresh_from_db()
    assert xiangtan.cycle.contact["address"] == "市委统战部302室"


def test_without_approval_the_cycle_is_prepared_and_opened_later(db, changed_file):
    approval = "  approval: {basis: 小城市委批复, authority: 中共小城市委, number: 小委〔2023〕9号}\n"
    load(changed_file(TINY, {approval: ""}))
    assert Cycle.objects.get().state == CycleState.PREPARED
    load(TINY)
    assert Cycle.objects.get().state == CycleState.OPEN


def test_a_group_gets_other_areas(tiny, changed_file):
    member = create_user(
        actor=None, username="dudao", title="科长", unit=tiny.programme.owner, password="Test-2023!"
    )
    join_group(actor=None, group=SupervisionGroup.objects.get(), user=member)
    west = Unit.objects.get(code="west")
    load(changed_file(TINY, {"areas: [east, west]": "areas: [east]"}))
    assert list(GroupArea.objects.filter(valid_to=None).values_list("area__code", flat=True)) == ["east"]
    member = type(member).objects.get(pk=member.pk)
    assert reached_unit_ids(member) == [tiny.east.pk]
    load(TINY)
    member = type(member).objects.get(pk=member.pk)
    assert sorted(reached_unit_ids(member)) == sorted([tiny.east.pk, west.pk])


def test_a_unit_is_renamed_but_not_moved(tiny, changed_file):
    load(changed_file(TINY, {"name: 东县": "name: 东江县"}))
    east = Unit.objects.get(code="east")
    assert (east.name, east.initials) == ("东江县", "djx")
    with pytest.raises(ProgrammeFrozen, match="kind: county → park"):
        load(changed_file(TINY, {"kind: county": "kind: park"}))


def test_an_earlier_file_does_not_undo_a_later_year(tiny, changed_file):
    office = create_user(
        actor=None, username="office", title="主任", unit=tiny.programme.owner, password="Test-2023!"
    )
    grant_role(actor=None, user=office, role=Role.OFFICE, unit=tiny.programme.owner)
    clock.set_today(datetime.date(2024, 3, 2))
    next_cycle(
        actor=office,
        cycle=tiny.cycle,
        scheme_title="方案",
        scheme_number="小统〔2024〕1号",
        scheme_issued_on=datetime.date(2024, 3, 1),
        approval_basis="批复",
        approved_by="中共小城市委",
        approval_number="小委〔2024〕9号",
    )
    report = load(changed_file(TINY, {"name: 东县": "name: 旧东县", "mark: 驿": "mark: 旧"}))
    assert not report.wrote
    assert Unit.objects.get(code="east").name == "东县"


def test_two_programmes_stand_side_by_side(xiangtan, count_rows):
    load(TINY)
    before = count_rows()
    load(XIANGTAN)
    load(TINY)
    assert count_rows() == before
    assert QuotaPlace.objects.filter(cycle__programme__code="tiny-halls").count() == 4


def test_only_a_system_administrator_may_load(tiny):
    with pytest.raises(DomainError, match="system administrator"):
        load(TINY, actor=tiny.clerk)


def test_the_command_says_what_it_did(db, capsys):
    call_command("load_programme", str(XIANGTAN))
    assert "0 unchanged" in capsys.readouterr().out
    call_command("load_programme", str(XIANGTAN))
    assert "0 created, 0 changed" in capsys.readouterr().out


def test_the_command_refuses_a_missing_file(db, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_programme", str(tmp_path / "none.yaml"))


def test_setting_up_again_keeps_a_year_that_has_begun_and_says_so(tiny, changed_file, count_rows, capsys):
    _draft(tiny)
    path, before = changed_file(TINY, {"pass_mark: 6.5": "pass_mark: 7"}), count_rows()
    with pytest.raises(CommandError, match="pass_mark"):
        call_command("load_programme", str(path))
    call_command("load_programme", str(path), "--keep-begun")
    said = capsys.readouterr().out
    assert "pass_mark: 6.50 → 7" in said
    assert "Nothing was loaded: the year that has begun stays as it is." in said
    assert count_rows() == before
    assert tiny.programme.indicator_sets.get().pass_mark == Decimal("6.5")
