"""Texts that begin like formulas, in every table the product hands out; a new export that is not tried here fails."""
# ruff: noqa: F811 - fixtures are asked for by name

import ast
import csv
import datetime
import io
import zipfile
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Left, Mod
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Unit, User
from accounts.tables import Column, Group, OfficialTable, official_workbook
from accounts.workbook import write_workbook
from applications.models import Cycle
from dashboard.sections import ROW_SETS
from notices.models import Delivery, Message
from publicity.models import Coverage, ExemplaryCase, PlannedCoverage, Story
from sites.models import Fund, Plaque, Programme, Site
from supervision.models import Finding, Inspection, Meeting, PlannedVisit, SupervisionGroup, Task
from tests.programmes.conftest import demonstration  # noqa: F401 - a fixture

FORMULA_LIKE = tuple("=+-@\t＝＋－＠")
BEGINNINGS = (*FORMULA_LIKE, "\r=", "\n=", "\u200b=")
#: What makes a table of rows; who calls one of them hands out a table.
WRITERS = {
    "respond",
    "download",
    "table_response",
    "official_workbook",
    "template_workbook",
    "error_workbook",
}
WRITERS |= {"published_download", "writer", "Workbook"}
#: The writers themselves and what stands between them and a view; each is tried below by itself.
INNER = {
    "accounts.lists.export",
    "accounts.tables.official_workbook",
    "accounts.tables.table_response",
    "accounts.workbook._model",
    "publicity.portal_files._line",
    "sites.imports.services._outcome",
    "sites.imports.workbooks.__init__",
}
#: Tables of what the demonstration does not have on its first day: the same writers as the others.
NOT_YET = {
    "assessments.evaluation_views.quarter_ranking",
    "assessments.evaluation_views.year",
    "assessments.score_table.score_workbook",
    "programmes.views.rehearsal",
}


#: Fields of text nobody writes in words.
NOT_WORDS = {"password", "username", "path", "check_code", "content_hash", "initials", "link_key", "url"}


def _lists(name: str, *args) -> str:
    return f"{reverse(name, args=args)}?export=xlsx"


def _exports() -> dict[str, list[tuple[str, str]]]:
    """Every export by the function that hands it out: who opens it, and where."""
    cycle, programme = Cycle.objects.get(year=2017).pk, Programme.objects.get().pk
    site = getattr(Fund.objects.first(), "site_id", 0)
    office = {
        "applications.cycle_views.summary_table": reverse("applications:summary_table", args=[cycle]),
        "applications.eligibility_views.eligibility_table": _lists("applications:eligibility"),
        "applications.views.application_list": _lists("applications:list"),
        "assessments.meeting_views.ranking_table": reverse("assessments:ranking_table"),
        "assessments.review_views.review_list": _lists("assessments:reviews"),
        "assessments.views.assessment_list": _lists("assessments:list"),
        "assessments.views.review_table": reverse("assessments:review_table", args=[cycle]),
        "notices.delivery_views.deliveries": _lists("notices:deliveries"),
        "notices.reminder_views.reminders": _lists("notices:reminders"),
        "notices.reminder_views.ledger": _lists("notices:reminder_ledger"),
        "notices.views.message_list": _lists("notices:list"),
        "publicity.case_views.case_list": _lists("publicity:cases"),
        "publicity.coverage_views.coverage_list": _lists("publicity:coverage"),
        "publicity.matrix_views._export": _lists("publicity:matrix"),
        "publicity.plan_views.plan": _lists("publicity:plan"),
        "publicity.portal_files.ledger_csv": reverse("publicity:ledger_csv"),
        "publicity.portal_files.ledger_json": reverse("publicity:ledger_json"),
        "publicity.story_views.story_list": _lists("publicity:stories"),
        "sites.list_views.site_list": _lists("sites:list"),
        "sites.list_views.plaque_list": _lists("sites:plaques"),
        "sites.life_views._export": _lists("sites:life", site, "funds"),
        "sites.views.plaque_ledger": reverse("sites:plaque_ledger", args=[programme]),
        "supervision.finding_views.finding_list": _lists("supervision:findings"),
        "supervision.inspection_views.inspection_list": _lists("supervision:inspections"),
        "supervision.meeting_views.meeting_list": _lists("supervision:meetings"),
        "supervision.plan_views.plan": _lists("supervision:plan"),
        "supervision.plan_views.unvisited": _lists("supervision:unvisited"),
        "supervision.task_views.task_list": _lists("supervision:tasks"),
    }
    rows = [
        ("office", _lists("dashboard:rows", code)) for code, found in ROW_SETS.items() if not found.params
    ]
    return {name: [("office", address)] for name, address in office.items()} | {
        "accounts.views.users": [("sysadmin", _lists("accounts:users"))],
        "accounts.views.audit": [("auditor", _lists("accounts:audit"))],
        "dashboard.rows_views._workbook": rows,
        "sites.import_views.template": [("xiangtanxian", reverse("sites:import_template", args=["sites"]))],
    }


def _handing_out() -> set[str]:
    """The functions of the product that call a writer of tables."""
    found = set()
    for app in ("accounts", "applications", "assessments", "dashboard", "notices", "programmes", "publicity",
                "sites", "supervision"):  # fmt: skip
        for file in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            module = ".".join(file.relative_to(settings.BASE_DIR).with_suffix("").parts)
            for function in ast.walk(ast.parse(file.read_text())):
                if isinstance(function, ast.FunctionDef) and WRITERS & set(_called(function)):
                    found.add(f"{module}.{function.name}")
    return found


def _called(function: ast.FunctionDef):
    for call in ast.walk(function):
        if isinstance(call, ast.Call):
            yield getattr(call.func, "id", getattr(call.func, "attr", ""))


def _put_beginnings() -> None:
    """Let the texts people write begin with each of these in turn, as rows from before the forms cleaned them."""
    written = (
        Site,
        User,
        Finding,
        Coverage,
        ExemplaryCase,
        PlannedCoverage,
        Story,
        Plaque,
        Fund,
        Message,
        Delivery,
    )
    for model in (*written, Inspection, Meeting, PlannedVisit, SupervisionGroup, Task, Unit):
        texts = [
            field
            for field in model._meta.concrete_fields
            if type(field) in (models.CharField, models.TextField)
            and not field.choices
            and (field.max_length or 1000) >= 60
            and field.name not in NOT_WORDS
        ]  # fmt: skip
        for turn, beginning in enumerate(BEGINNINGS):
            rows = model._base_manager.annotate(turn=Mod(F("pk"), Value(len(BEGINNINGS)))).filter(turn=turn)
            rows.update(**{
                field.name: Left(Concat(Value(beginning), F(field.name)), field.max_length or 10_000)
                for field in texts
            })  # fmt: skip


def _is_only_text(content: bytes) -> int:
    """Look at each cell of a workbook; returns how many begin like a formula and are kept from being one."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in parts.read(name)
                assert b"<f " not in parts.read(name)
    book, kept = load_workbook(io.BytesIO(content)), 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith(FORMULA_LIKE):
                    # "@" is Excel's format for text: typed again it is one still.
                    assert (cell.data_type, cell.number_format) == ("s", "@"), cell.value
                    kept += 1
    return kept


def test_every_export_is_tried_here(xiangtan):
    assert _handing_out() == set(_exports()) | INNER | NOT_YET


def _looked_at(address: str, content: bytes) -> int:
    if address.endswith(".json"):
        return 1
    if not address.endswith(".csv"):
        return _is_only_text(content)
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    assert [cell for cell in cells if cell.startswith((*FORMULA_LIKE, "\r", "\n"))] == []
    return sum(cell.startswith("'") for cell in cells)


def test_no_cell_of_any_export_is_a_formula(demonstration):
    exports, people = _exports(), {person.username: person for person in User.objects.all()}
    _put_beginnings()
    kept = dict.fromkeys(exports, 0)
    for name, places in exports.items():
        for username, address in places:
            client = Client()
            client.force_login(people[username])
            answer = client.get(address)
            assert "attachment" in answer.get("Content-Disposition", ""), (name, address, answer.status_code)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            kept[name] += _looked_at(address, content)
    # Some have no row on the demonstration's first day.
    assert sum(count > 0 for count in kept.values()) >= 20


def test_nor_of_any_writer():
    texts = [f"{beginning}1+1" for beginning in BEGINNINGS]
    stream = io.BytesIO()
    write_workbook(stream, headers=["a"] * len(texts), rows=[texts, texts], title="=1+1")
    assert _is_only_text(stream.getvalue()) == 2 * len(FORMULA_LIKE)
    columns = [Column("a", 10, centred=number % 2 == 0) for number in range(len(texts))]
    table = OfficialTable(
        title="a", filled_by="=1", made_on=datetime.date(2017, 5, 22), columns=columns,
        groups=[Group("a", [texts])], total="a",
    )  # fmt: skip
    assert _is_only_text(official_workbook(table)) == len(FORMULA_LIKE)
