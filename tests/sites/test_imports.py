"""Tables of every kind from check to import: what is new, changed, unchanged and refused, and what never happens."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import DomainError
from accounts.models import AuditEvent
from accounts.services import end_role
from notices.models import Job
from notices.services.jobs import Cancelled, Run, TakenAway, ask_to_cancel
from sites.imports.kind import Draft, Kind
from sites.imports.services import judge, read_table, start_check, start_import, write_table
from sites.models import Activity, Plaque, Site, SiteFigure, TallyMovement
from sites.services import close_site, update_site
from sites.tasks import write_import
from tests.sites.tables import counts, heads, opened, raw_workbook, refusals, upload, workbook
from tests.sites.tallies import kept, times_counted

pytestmark = pytest.mark.usefixtures("english")

SITE = ["湘潭县", "同心社区", "甲社区", "易俗河镇", "某路1号", "主任", None, "0731-1", None, None]


def site_row(**changes) -> list:
    names = (
        "area",
        "category",
        "name",
        "unit",
        "address",
        "person",
        "contact",
        "phone",
        "profile",
        "flagship",
    )
    values = dict(zip(names, SITE, strict=True)) | changes
    return [values[name] for name in names]


def failed(job: Job) -> str:
    assert job.state == "failed"
    assert Site.objects.filter(name="甲社区").count() == 0
    return job.error


# The table as a whole.


def test_chinese_heads_in_any_order_below_a_title(desk):
    content = workbook(
        ["湘潭县示范点一览表"],
        [],
        ["负责人", "示范点名称 *", "县市区", "地址", "类别"],
        ["主任", "甲社区", "湘潭县", "某路1号", "同心社区"],
        prepare=lambda book, page: page.merge_range("A1:E1", "湘潭县示范点一览表"),
    )
    check = desk().check(content)
    assert counts(check) == (1, 0, 0, 0)
    desk().write(check)
    assert Site.objects.get().person_in_charge == "主任"


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["County or park", "Category", "Site name", "Address"], "Columns missing: Person in charge."),
        (
            ["County or park", "Category", "Site name", "Address", "Person in charge", "Address"],
            "The column “Address” is there twice: D, F.",
        ),
        (
            ["County or park", "Category", "Name of the site", "Address", "Person in charge"],
            "Columns missing: Site name. Columns not known here: Name of the site (C).",
        ),
        (
            ["County or park", "Category", "Site name", "Address", "Person in charge", None],
            "Cell F2 stands in a column without a name.",
        ),
        (["x", "y"], "The sheet “Sheet1” has no row with the names of the columns: County or park, Category, "
                     "Site name, Address, Person in charge."),
    ],
)  # fmt: skip
def test_heads_that_do_not_fit_are_named(desk, names, words):
    job = desk().check(workbook(names, ["湘潭县", "同心社区", "甲社区", "某路1号", "主任", "x"]))
    assert failed(job).startswith(words)


def test_merged_heads_and_formulas_are_named(desk):
    names = heads(desk().kind)
    content = workbook(names, SITE, prepare=lambda book, page: page.merge_range("E1:F1", "Address"))
    assert failed(desk().check(content)).startswith("Merged cells: E1:F1. Unmerge them")
    content = workbook(names, SITE, prepare=lambda book, page: page.write_formula("E2", '="a"', None, "a"))
    assert failed(desk().check(content)).startswith(
        "Cells with formulas: E2. Copy the table and paste it as values"
    )


def test_a_table_without_rows_and_a_damaged_one_fail_in_words(desk):
    assert (
        failed(desk().check(desk().table()))
        == "The table has no rows. Fill in at least one row below the head."
    )
    content = raw_workbook([[("inlineStr", "a")]]).replace(b"PK\x01\x02", b"PK\x01\x03")
    with pytest.raises(DomainError, match="damaged"):
        desk().check(content)


# Sites.


def test_a_new_site_is_as_if_typed_in(desk, people, xiangtan):
    table = desk().table(site_row(phone="０７３１－１", flagship="是", name=" 甲　社区 ", profile="一\n二"))
    check = desk().check(table)
    assert counts(check) == (1, 0, 0, 0)
    assert Site.objects.count() == 0
    desk().write(check)
    site = Site.objects.get()
    assert (site.name, site.initials, site.phone, site.profile) == ("甲 社区", "j sq", "0731-1", "一\n二")
    assert (site.unit.name, site.is_flagship, site.registered_by) == ("易俗河镇", True, people.county)
    assert kept(site.programme) == {(site.area_id, site.category_id, None): 1}


def test_a_changed_site_says_before_and_after(desk, make_site, people):
    site = make_site("甲社区", phone="0731-1", contact="联络员", profile="旧")
    check = desk().check(desk().table(site_row(address="新路2号", profile=None, flagship="yes")))
    assert counts(check) == (0, 1, 0, 0)
    assert check.result["changed"] == [
        {
            "row": 2,
            "name": "甲社区",
            "fields": [
                ["Township or street", "Xiangtan County", "Yisuhe Town"],
                ["Address", "某路1号", "新路2号"],
                ["Flagship", "no", "yes"],
            ],
        }
    ]
    assert counts(desk().write(check)) == (0, 1, 0, 0)
    site.refresh_from_db()
    # What the table leaves empty stays.
    assert (site.address, site.contact, site.profile, site.is_flagship) == ("新路2号", "联络员", "旧", True)
    assert (site.revision, site.registered_by) == (2, people.county)
    assert counts(desk().check(desk().table(site_row(address="新路2号", flagship="yes")))) == (0, 0, 1, 0)


def test_new_and_changed_sites_are_counted_once(desk, make_site, xiangtan):
    """Two imports that counted new cells in two goes would wait for each other on PostgreSQL."""
    site = make_site("甲社区")
    table = desk().table(site_row(flagship="是", address="新路2号"), site_row(name="乙社区"))
    with CaptureQueriesContext(connection) as asked:
        assert counts(desk().write(desk().check(table))) == (1, 1, 0, 0)
    assert times_counted(asked) == 1
    assert kept(xiangtan.programme) == {(site.area_id, site.category_id, None): 2}


def test_an_import_that_changes_nothing_leaves_no_trace(desk, make_site, xiangtan):
    make_site("甲社区", phone="0731-1", unit=xiangtan.areas["湘潭县"].children.get(name="易俗河镇"))
    before = AuditEvent.objects.count()
    check = desk().check(desk().table(SITE))
    assert counts(desk().write(check)) == (0, 0, 1, 0)
    assert Site.objects.get().revision == 1
    assert AuditEvent.objects.count() == before


def test_a_township_whose_name_two_counties_share_is_the_one_of_the_row(desk, xiangtan):
    twin = xiangtan.areas["韶山市"].children.first()
    twin.name = "易俗河镇"
    twin.save()
    desk().write(desk().check(desk().table(SITE)))
    assert Site.objects.get().unit.parent == xiangtan.areas["湘潭县"]


def test_nothing_is_imported_while_a_row_is_refused(desk):
    check = desk().check(desk().table(SITE, site_row(name="乙社区", address=None)))
    assert counts(check) == (1, 0, 0, 1)
    with pytest.raises(DomainError, match="1 row is refused, so nothing was imported"):
        desk().write(check)
    assert Site.objects.count() == 0
    assert counts(desk().write(check, take_good=True)) == (1, 0, 0, 1)
    assert Site.objects.get().name == "甲社区"


def test_the_error_workbook_of_any_kind_of_cell_imports_when_mended(desk):
    row = site_row(
        name=2017, phone=13812345678, contact=datetime.date(2017, 5, 1), profile=True, address=None
    )
    check = desk().check(desk().table(row))
    assert opened(check)[1] == [
        "湘潭县", "同心社区", 2017, "易俗河镇", None, "主任", datetime.datetime(2017, 5, 1), 13812345678, True, None,
        "Address: The cell is empty. Fill it in.",
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["neighbour", "office", "leader", "other_county", "nobody"])
def test_nobody_imports_for_another_county(desk, people, who):
    person = getattr(people, who)
    person.language = "en"
    person.save()
    table = desk().table(SITE)
    if who in ("neighbour", "other_county"):
        check = desk(person=person).check(table)
        assert refusals(check) == {2: ["County or park: Only County staff of Xiangtan County may do this."]}
    else:
        with pytest.raises(DomainError, match="Tables are imported by the county staff"):
            desk(person=person).check(table)
    assert Site.objects.count() == 0


# What may happen between check and import.


def test_the_second_judging_sees_what_was_closed_meanwhile(desk, make_site, people):
    site = make_site("甲社区")
    check = desk().check(desk().table(site_row(address="新路2号")))
    close_site(actor=people.county, site=site, reason="拆迁")
    done = desk().write(check)
    assert (done.state, done.error) == (
        "failed",
        "1 row is refused, so nothing was imported. Check the file again: mend the rows, or take the good rows only.",
    )
    assert Site.objects.get().address == "某路1号"


def test_a_role_that_ended_meanwhile_imports_nothing(desk, people):
    check = desk().check(desk().table(SITE))
    job = start_import(actor=people.county, check=check, take_good=False)
    end_role(actor=None, assignment=people.county.role_assignments.get())
    write_import(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert Site.objects.count() == 0


def running(desk, check) -> Run:
    """An import claimed by a worker that has not begun."""
    job = start_import(actor=desk.person, check=check, take_good=False)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    return Run(Job.objects.select_related("owner").get(pk=job.pk))


def judged(desk, check) -> tuple[Kind, list[Draft]]:
    """The rows of a checked table as an import has judged them, not yet written."""
    run = running(desk, check)
    kind, table, _digest = read_table(run, check)
    drafts = judge(kind, table, run)
    for draft in drafts:
        kind.build(draft)
    return kind, drafts


def test_a_site_changed_while_the_rows_are_judged_is_not_written_over(desk, make_site, people):
    site = make_site("甲社区")
    check = desk().check(desk().table(site_row(address="新路2号")))
    kind, drafts = judged(desk(), check)
    update_site(actor=people.county, site=site, revision=1, address="别人改的路3号")
    with pytest.raises(DomainError, match="Somebody changed one of these records"):
        kind.write(drafts)
    assert Site.objects.get().address == "别人改的路3号"


def test_a_site_registered_while_the_rows_are_judged_stops_all(desk, make_site):
    """It came by another way, with the same name: the database says no."""
    check = desk().check(desk().table(SITE, site_row(name="乙社区")))
    kind, drafts = judged(desk(), check)
    make_site("乙社区")
    with pytest.raises(DomainError, match="Somebody changed one of these records"):
        kind.write(drafts)
    assert [site.name for site in Site.objects.all()] == ["乙社区"]


def test_a_worker_that_dies_before_the_end_leaves_nothing(desk, xiangtan):
    """Everything is written, the job's end is not: the transaction takes it all back, and the next worker does it."""
    check = desk().check(desk().table(*(site_row(name=f"社区{number}") for number in range(50))))
    run = running(desk(), check)

    class Killed(BaseException):
        pass

    def die(**_result):
        assert Site.objects.count() == 50
        raise Killed

    run.finish = die
    with pytest.raises(Killed):
        write_table(run)
    assert Site.objects.count() == 0
    assert AuditEvent.objects.filter(action="site.import").count() == 0
    assert TallyMovement.objects.count() == 0
    Job.objects.filter(pk=run.job.pk).update(state="waiting")
    write_import(run.job.pk)
    assert counts(Job.objects.get(pk=run.job.pk)) == (50, 0, 0, 0)
    assert Site.objects.count() == 50
    # Done twice by two messages: the second finds it over.
    write_import(run.job.pk)
    assert Site.objects.count() == 50


def test_a_job_given_to_another_worker_writes_nothing(desk):
    check = desk().check(desk().table(SITE))
    run = running(desk(), check)
    Job.objects.filter(pk=run.job.pk).update(attempts=2)
    with pytest.raises(TakenAway):
        write_table(run)
    assert Site.objects.count() == 0


def test_a_stopped_import_writes_nothing(desk):
    check = desk().check(desk().table(SITE))
    job = start_import(actor=desk().person, check=check, take_good=False)
    ask_to_cancel(job=job)
    write_import(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    run = running(desk(), check)
    ask_to_cancel(job=run.job)
    with pytest.raises(Cancelled):
        write_table(run)
    assert Site.objects.count() == 0


def test_a_check_whose_file_is_gone_cannot_be_imported(desk):
    check = desk().check(desk().table(SITE))
    Job.objects.filter(pk=check.pk).update(upload="")
    check.refresh_from_db()
    with pytest.raises(DomainError, match="The file of this check is kept no longer"):
        start_import(actor=desk().person, check=check, take_good=False)


def test_what_was_not_checked_cannot_be_imported(desk):
    job = start_check(
        actor=desk().person, code="sites", programme=desk().programme, upload=upload(desk().table(SITE))
    )
    with pytest.raises(DomainError, match="The table has not been checked"):
        start_import(actor=desk().person, check=job, take_good=False)


# Anything may stand in a cell.

ANYTHING = st.one_of(
    st.none(),
    st.tuples(st.just("inlineStr"), st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)),
    st.tuples(
        st.just("inlineStr"), st.sampled_from(["_x0000_", "_xD800_", "_xFFFE_", "\u202e甲", "=1+1", "-", "'"])
    ),
    st.tuples(st.just(""), st.floats().map(repr)),
    st.tuples(st.just(""), st.integers().map(str)),
    st.tuples(st.just(""), st.text("0123456789.eE+-", max_size=12)),
    st.tuples(
        st.sampled_from(["e", "d", "b", "str", "s", "unheard-of"]), st.text("#N/A0129-:TZ", max_size=20)
    ),
)
PLAUSIBLE = st.sampled_from(
    [
        ("inlineStr", text)
        for text in ("湘潭县", "同心社区", "甲社区", "2017年5月4日", "2017", "县级", "507", "是")
    ]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    code=st.sampled_from(["sites", "figures", "activities", "plaques"]),
    rows=st.lists(st.lists(st.one_of(PLAUSIBLE, ANYTHING), min_size=10, max_size=10), min_size=1, max_size=4),
)
def test_whatever_stands_in_the_cells_it_is_answered_in_words(desk, make_site, code, rows, client):
    if not Site.objects.filter(name="甲社区").exists():
        make_site("甲社区")
    here = desk(code)
    names = heads(here.kind)
    filled = [[cell or ("inlineStr", "") for cell in row[: len(names)]] for row in rows]
    content = raw_workbook([[("inlineStr", name) for name in names], *filled])
    check = here.check(content)
    assert check.state in ("done", "failed")
    assert "Something went wrong" not in check.error
    if check.state == "failed":
        return
    new, changed, _unchanged, _refused = counts(check)
    before = total()
    done = here.write(check, take_good=True)
    assert counts(done) == counts(check)
    client.force_login(here.person)
    for job in (check, done):
        assert client.get(reverse("sites:import_result", args=[job.pk])).status_code == 200
    # A row of figures writes as many values as it has; of the others each row writes one record.
    written = total() - before
    assert written == new if code != "figures" else written >= new
    assert counts(here.check(content))[:2] == (0, 0)
    assert changed == len(check.result["changed"])


def total() -> int:
    return sum(model.objects.count() for model in (Site, SiteFigure, Activity, Plaque))
