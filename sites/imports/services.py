"""An import from upload to result: checked first, then judged again and written at once.

Checking writes nothing. Importing writes all good rows, the summary, the audit trail and the end of the job in one
transaction: a worker killed midway leaves nothing, and a job done twice finds everything unchanged.
"""

import hashlib
from collections import Counter

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.rules import has_role
from accounts.scope import units_with_role
from accounts.services import record
from accounts.sheets import check_workbook, read_sheet
from notices.enums import JobState
from notices.models import Job
from notices.services.jobs import Run, start_job
from sites.imports.kind import CODES_NAME, EXAMPLE_NAME, SHEET_NAME, Draft, Kind, Outcome, in_all_languages
from sites.imports.of_activities import ActivitiesKind
from sites.imports.of_figures import FiguresKind
from sites.imports.of_plaques import PlaquesKind
from sites.imports.of_sites import SitesKind
from sites.imports.table import Table, find_table
from sites.imports.values import Unfit, is_blank, printable
from sites.imports.workbooks import error_workbook, reason_lines
from sites.models import Programme

KINDS: dict[str, type[Kind]] = {
    kind.code: kind for kind in (SitesKind, FiguresKind, ActivitiesKind, PlaquesKind)
}


def add_kind(kind: type[Kind]) -> None:
    """Let a table of an app above be imported; apps do so when they start."""
    KINDS[kind.code] = kind


CHECK_TASK, WRITE_TASK = "sites.tasks.check_import", "sites.tasks.write_import"
#: So many refusals and changes are shown on the page; the error workbook has all refusals.
SHOWN = 50
_EVERY = 200
#: Longer values are cut on the page.
_LONGEST_SHOWN = 80


def importable(user) -> list[str]:
    """Codes of the tables a person may import: county staff all, the leadership office those that are for it too."""
    if has_role(user, Role.UNIT_STAFF):
        return list(KINDS)
    return [code for code, kind in KINDS.items() if kind.is_for_office] if has_role(user, Role.OFFICE) else []


def may_still_have(job: Job) -> bool:
    """Whether who had a table checked may still have its refused rows: they name people and telephone numbers."""
    return job.params["kind"] in importable(job.owner)


def programme_for(user) -> Programme | None:
    """The programme that reaches the units a person works for."""
    units = units_with_role(user, (Role.UNIT_STAFF, Role.OFFICE))
    for programme in Programme.objects.select_related("owner").order_by("id"):
        if any(programme.owner.contains(unit) for unit in units):
            return programme
    return None


def make_kind(code: str, actor, programme: Programme) -> Kind:
    return KINDS[code](actor=actor, programme=programme)


@transaction.atomic
def start_check(*, actor, code: str, programme: Programme, upload) -> Job:
    """Take a workbook in and have it checked in the background.

    Raises DomainError for a person who may not import, or a file that is no workbook or could do harm.
    """
    require(_why_not(actor, code))
    check_workbook(upload)
    params = {"kind": code, "programme": programme.pk}
    title = _("Check a table: %(kind)s") % {"kind": KINDS[code].title}
    job = start_job(actor=actor, task=CHECK_TASK, title=title, params=params, upload=upload)
    return _with_address(job)


@transaction.atomic
def start_import(*, actor, check: Job, take_good: bool) -> Job:
    """Have a checked table imported: all of it, or with `take_good` the rows that can be.

    Raises DomainError when the check is not done, its file is gone, or rows are refused and `take_good` is not set.
    """
    require(_why_not(actor, check.params["kind"]) or _why_not_checked(check))
    if check.result["counts"][Outcome.REFUSED] and not take_good:
        raise _refused(check.result["counts"][Outcome.REFUSED])
    params = {**check.params, "check": check.pk, "take_good": take_good}
    title = _("Import a table: %(kind)s") % {"kind": KINDS[check.params["kind"]].title}
    return _with_address(start_job(actor=actor, task=WRITE_TASK, title=title, params=params))


def check_table(run: Run) -> None:
    """Judge a table as it would be imported now, and keep what came out. Writes no record."""
    kind, table, digest = read_table(run, run.job)
    outcome = _outcome(run, kind, table, judge(kind, table, run), digest)
    with transaction.atomic():
        run.finish(**outcome)


def write_table(run: Run) -> None:
    """Judge a checked table again by the present records and write it, all or nothing.

    Raises DomainError when rows are refused and the person did not ask for the good ones.
    """
    kind, table, digest = read_table(run, Job.objects.get(pk=run.job.params["check"], owner=run.job.owner))
    drafts = judge(kind, table, run)
    refused = sum(draft.outcome == Outcome.REFUSED for draft in drafts)
    if refused and not run.job.params["take_good"]:
        raise _refused(refused)
    write = [draft for draft in drafts if draft.outcome in (Outcome.NEW, Outcome.CHANGED)]
    for draft in write:
        kind.build(draft)
    outcome = _outcome(run, kind, table, drafts, digest)
    with transaction.atomic():
        kind.write(write)
        if write:
            counts = {outcome.value: _counts(drafts)[outcome] for outcome in Outcome}
            record(
                action=kind.action, actor=run.job.owner, name=_upload_name(run.job), sha256=digest, **counts
            )
        run.finish(**outcome)


def judge(kind: Kind, table: Table, run: Run) -> list[Draft]:
    """Judge every row, telling the job how far it is; asks the database only before the first."""
    kind.prepare()
    drafts = []
    for done, row in enumerate(table.rows):
        if done % _EVERY == 0:
            run.step(done, len(table.rows))
        drafts.append(_judged(kind, table, row))
    return drafts


def _judged(kind: Kind, table: Table, row) -> Draft:
    draft = Draft(row)
    for place, column in table.columns.items():
        raw = row.cells.get(place)
        try:
            value = None if is_blank(raw) else column.value.read(raw)
        except Unfit as unfit:
            draft.refuse(column.key, unfit.reason)
            continue
        if value is not None:
            draft.values[column.key] = value
        elif column.required:
            draft.refuse(column.key, Reason(text=_("The cell is empty."), remedy=_("Fill it in.")))
    kind.judge(draft)
    if draft.reasons:
        draft.outcome = Outcome.REFUSED
        order = ["", *(column.key for column in kind.columns)]
        draft.reasons.sort(key=lambda reason: order.index(reason[0]))
    return draft


def read_table(run: Run, holder: Job) -> tuple[Kind, Table, str]:
    """The table of the file a job holds, with the file's SHA-256."""
    if not holder.upload:
        raise _file_gone()
    programme = Programme.objects.select_related("owner").get(pk=run.job.params["programme"])
    kind = make_kind(run.job.params["kind"], run.job.owner, programme)
    with holder.upload.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        sheet = read_sheet(
            file, names=tuple(in_all_languages(SHEET_NAME)), on_progress=lambda rows: run.step(rows, 0)
        )
    return kind, find_table(sheet, kind.columns), digest


def _outcome(run: Run, kind: Kind, table: Table, drafts: list[Draft], digest: str) -> dict:
    """What the job ends with: its result, and the error workbook when rows are refused."""
    outcome = {"result": _result(kind, table, drafts, digest)}
    if refused := [draft for draft in drafts if draft.outcome == Outcome.REFUSED]:
        outcome["output"] = ContentFile(error_workbook(kind, table, refused))
        outcome["output_name"] = _("Rows not imported %(name)s") % {"name": _upload_name(run.job)}
    return outcome


def _result(kind: Kind, table: Table, drafts: list[Draft], digest: str) -> dict:
    """What the page of the result shows, in the words of the person's language."""
    refused = [draft for draft in drafts if draft.outcome == Outcome.REFUSED]
    own = {*in_all_languages(EXAMPLE_NAME), *in_all_languages(CODES_NAME)}
    changed = [draft for draft in drafts if draft.outcome == Outcome.CHANGED]
    return {
        "counts": _counts(drafts),
        "sheet": table.sheet.name,
        "others": [name for name in table.sheet.others if name not in own][:10],
        "sha256": digest,
        "refused": [
            {
                "row": draft.row.number,
                "name": _cut(draft.name),
                "reasons": [_cut(line, 300) for line in reason_lines(kind, draft)],
            }
            for draft in refused[:SHOWN]
        ],
        "changed": [
            {
                "row": draft.row.number,
                "name": _cut(draft.name),
                "fields": [[label, _cut(before), _cut(after)] for label, before, after in draft.changes],
            }
            for draft in changed[:SHOWN]
        ],
    }


def _counts(drafts: list[Draft]) -> dict[str, int]:
    found = Counter(draft.outcome for draft in drafts)
    return {"total": len(drafts), **{outcome.value: found[outcome] for outcome in Outcome}}


def _cut(text: str, most: int = _LONGEST_SHOWN) -> str:
    """A value short enough for a page, without what a database cannot hold."""
    text = printable(text)
    return text if len(text) <= most else f"{text[:most]}…"


def _upload_name(job: Job) -> str:
    if job.upload_name:
        return job.upload_name
    return Job.objects.values_list("upload_name", flat=True).get(pk=job.params["check"])


def _with_address(job: Job) -> Job:
    job.url = reverse("sites:import_result", args=[job.pk])
    job.save(update_fields=["url"])
    return job


def _why_not(user, code: str) -> Reason | None:
    if code in importable(user):
        return None
    return Reason(
        text=_("Tables are imported by the county staff, some of them also by the leadership office.")
    )


def _why_not_checked(check: Job) -> Reason | None:
    if check.task != CHECK_TASK or check.state != JobState.DONE:
        return Reason(text=_("The table has not been checked."), remedy=_("Check the file first."))
    return None if check.upload else _file_gone().reason


def _file_gone() -> DomainError:
    return DomainError(
        Reason(text=_("The file of this check is kept no longer."), remedy=_("Check the file again."))
    )


def _refused(count: int) -> DomainError:
    return DomainError(
        Reason(
            text=ngettext(
                "%(count)d row is refused, so nothing was imported.",
                "%(count)d rows are refused, so nothing was imported.",
                count,
            )
            % {"count": count},
            remedy=_("Check the file again: mend the rows, or take the good rows only."),
        )
    )
