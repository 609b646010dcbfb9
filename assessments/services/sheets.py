"""Score sheets: saved part by part, evidence attached, handed in, handed back, their spread talked over."""

import datetime
import hashlib
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.services import record
from accounts.uploads import SCANS, checked_content_type
from accounts.words import lazy_list
from assessments.enums import Method, SheetPart
from assessments.models import Assessment, Discussion, Evidence, Indicator, Score, ScoreSheet, SheetReturn
from assessments.rules import may_assess
from assessments.scoring import missing_lines, result_of, sheet_total, sheets_progress, why_not_points
from assessments.services.common import address_of, lock_scoring, office_of, require_office
from notices.services import notify

#: Files on one line of one sheet: room for evidence, none for an archive.
MOST_FILES = 10
_AS_IT_IS = object()


@transaction.atomic
def save_sheet(
    *,
    actor,
    sheet: ScoreSheet,
    revision: int,
    lines: dict[int, dict],
    summary: str | None = None,
    visited_on=_AS_IT_IS,
    part: str = "",
) -> ScoreSheet:
    """Keep an assessor's points. `lines` maps indicator ids to {"points", "veto", "evidence"}.

    `part` (`SheetPart`) is what was open: only a later save of the same part is a second window. Without it the
    whole sheet was. A summary or day of the visit that is left out stays.

    Raises StaleForm when another window saved in between, DomainError for points beyond the indicator's.
    """
    locked = _own_sheet(actor, sheet)
    _require_fresh(locked, revision, part)
    indicators = locked.assessment.indicator_set.indicators.filter(pk__in=lines)
    Score.objects.bulk_create(
        [
            _line(locked, indicator, **lines[indicator.pk])
            for indicator in indicators
            if part in ("", indicator.part)
        ],
        update_conflicts=True,
        unique_fields=["sheet", "indicator"],
        update_fields=["points", "veto", "evidence"],
    )
    if summary is not None:
        locked.summary = summary
    if visited_on is not _AS_IT_IS:
        _require_day_of_visit(locked, visited_on)
        locked.visited_on = visited_on
    locked.revision += 1
    for saved in [part] if part else SheetPart.values:
        setattr(locked, f"{saved}_saved", locked.revision)
    locked.save(update_fields=["summary", "visited_on", "revision", "desk_saved", "field_saved"])
    return locked


@transaction.atomic
def add_evidence(*, actor, sheet: ScoreSheet, indicator: Indicator, upload: UploadedFile) -> Evidence:
    """Attach a photo or paper to a line. The same file sent twice is there once.

    Raises DomainError for a file of no allowed kind, a line of another set, or more files than a line takes.
    """
    locked = _own_sheet(actor, sheet)
    if indicator.is_heading or indicator.indicator_set_id != locked.assessment.indicator_set_id:
        raise DomainError(Reason(text=_("This line does not belong to the sheet.")))
    checked_content_type(upload, SCANS)
    digest = _digest(upload)
    present = Evidence.objects.filter(sheet=locked, indicator=indicator)
    if same := present.filter(sha256=digest).first():
        return same
    if present.count() >= MOST_FILES:
        raise DomainError(
            Reason(
                text=_("%(code)s has %(most)s files already; “%(name)s” was not added.")
                % {"code": indicator.code, "most": MOST_FILES, "name": upload.name},
                remedy=_("Remove one that says less."),
            )
        )
    evidence = Evidence.objects.create(
        sheet=locked,
        indicator=indicator,
        file=upload,
        name=upload.name[-200:],
        sha256=digest,
        size=upload.size,
        added_at=clock.now(),
    )
    record(
        action="evidence.add",
        actor=actor,
        obj=locked,
        unit=locked.assessment.application.area,
        indicator=indicator.code,
        name=evidence.name,
        sha256=digest,
    )
    return evidence


@transaction.atomic
def remove_evidence(*, actor, evidence: Evidence) -> None:
    """Take a file off a sheet that is not handed in. Raises DomainError afterwards."""
    locked = _own_sheet(actor, evidence.sheet)
    deleted, _each = Evidence.objects.filter(pk=evidence.pk).delete()
    if not deleted:
        return  # a second click
    storage, path = evidence.file.storage, evidence.file.name
    transaction.on_commit(lambda: storage.delete(path))
    record(
        action="evidence.remove",
        actor=actor,
        obj=locked,
        unit=locked.assessment.application.area,
        indicator=evidence.indicator.code,
        name=evidence.name,
        sha256=evidence.sha256,
    )


@transaction.atomic
def hand_in_sheet(*, actor, sheet: ScoreSheet, revision: int | None = None) -> ScoreSheet:
    """Hand a complete sheet in; it cannot be changed afterwards unless the office hands it back.

    `revision` is what the assessor has looked at; raises StaleForm when another window saved since.
    """
    locked = _own_sheet(actor, sheet)
    if revision is not None and locked.revision != revision:
        raise StaleForm(
            Reason(
                text=_("This sheet was saved in another window after you looked at it here."),
                remedy=_("Look at it again before handing in."),
            )
        )
    missing = missing_lines(locked)
    if missing:
        raise DomainError(
            Reason(text=_("Points are missing for: %(codes)s.") % {"codes": lazy_list(missing)})
        )
    if locked.visited_on is None and _has_visit(locked):
        raise DomainError(
            Reason(
                text=_("The day of the visit is missing."),
                remedy=_("Some lines are judged on the spot: enter the day in that part of the sheet."),
            )
        )
    locked.total, locked.vetoed = sheet_total(locked)
    locked.handed_in_at = clock.now()
    locked.save(update_fields=["total", "vetoed", "handed_in_at"])
    record(action="sheet.hand_in", actor=actor, obj=locked, unit=locked.assessment.application.area)
    notify(
        recipients=office_of(locked.assessment),
        subject=format_lazy(
            gettext_lazy("Score sheet handed in: {site}"), site=locked.assessment.application.site.name
        ),
        url=address_of(locked.assessment),
    )
    return locked


@transaction.atomic
def return_sheet(*, actor, sheet: ScoreSheet, reason: str) -> SheetReturn:
    """Hand a sheet back to its assessor to be reconsidered; the total it had stays on record with the reason.

    The assessor decides: points are changed or handed in again as they are. Raises DomainError once it is closed.
    """
    require_office(actor, sheet.assessment)
    assessment = lock_scoring(sheet.assessment)
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    if locked.handed_in_at is None:
        raise DomainError(Reason(text=_("The sheet is with its assessor already.")))
    if not reason.strip():
        raise DomainError(Reason(text=_("Write the reason: the assessor reads it.")))
    returned = SheetReturn.objects.create(
        sheet=locked,
        total=locked.total,
        handed_in_at=locked.handed_in_at,
        reason=reason.strip(),
        returned_by=actor,
        returned_at=clock.now(),
    )
    locked.handed_in_at, locked.total, locked.vetoed = None, None, False
    locked.save(update_fields=["handed_in_at", "total", "vetoed"])
    record(
        action="sheet.return",
        actor=actor,
        obj=locked,
        unit=assessment.application.area,
        reason=reason,
        total=str(returned.total),
    )
    notify(
        recipients=[locked.assessor],
        subject=format_lazy(
            gettext_lazy("Please look at your score sheet again: {site}"),
            site=assessment.application.site.name,
        ),
        body=reason,
        url=reverse("assessments:sheet", args=[locked.pk]),
    )
    return returned


@transaction.atomic
def record_discussion(*, actor, assessment: Assessment, held_on: datetime.date, note: str) -> Discussion:
    """Record what the assessors talked over when their totals lay far apart; keeps the spread of that moment."""
    require_office(actor, assessment)
    locked = lock_scoring(assessment)
    handed_in, all_sheets = sheets_progress(locked)
    if handed_in < all_sheets or handed_in < 2:
        raise DomainError(
            Reason(
                text=_("There is nothing to compare yet."),
                remedy=_("The assessors talk when all their sheets are in: until then each scores alone."),
            )
        )
    result = result_of(locked)
    last = max(timezone.localdate(found.sheet.handed_in_at) for found in result.sheets)
    if not last <= held_on <= clock.today():
        raise DomainError(Reason(text=_("The day must lie between the last sheet handed in and today.")))
    discussion = Discussion.objects.create(
        assessment=locked,
        held_on=held_on,
        spread=result.spread,
        note=note.strip(),
        recorded_by=actor,
        recorded_at=clock.now(),
    )
    record(action="assessment.discuss", actor=actor, obj=locked, unit=locked.application.area, reason=note)
    return discussion


def _line(sheet: ScoreSheet, indicator, *, points: Decimal | None, veto: bool, evidence: str) -> Score:
    require(why_not_points(indicator, points))
    return Score(
        sheet=sheet,
        indicator=indicator,
        points=points,
        veto=veto and indicator.is_veto,
        evidence=evidence,
    )


def _own_sheet(actor, sheet: ScoreSheet) -> ScoreSheet:
    locked = (
        ScoreSheet.objects.select_for_update(of=("self",))
        .select_related("assessment__application", "assessment__indicator_set")
        .filter(pk=sheet.pk)
        .first()
    )
    if locked is None or not may_assess(actor, locked):
        raise DomainError(
            Reason(
                text=_("This sheet cannot be changed: it was handed in, is closed, or is another assessor's.")
            )
        )
    return locked


def _require_fresh(sheet: ScoreSheet, revision: int, part: str) -> None:
    saved = getattr(sheet, f"{part}_saved") if part else sheet.revision
    if not saved <= revision <= sheet.revision:
        raise StaleForm(
            Reason(
                text=_("This sheet was saved in another window after you opened it here."),
                remedy=_("What you typed is kept: compare it with what was saved there, then decide."),
            )
        )


def _require_day_of_visit(sheet: ScoreSheet, day: datetime.date | None) -> None:
    if day is None:
        return
    filed = sheet.assessment.application.filed_first_at
    if day > clock.today() or (filed and day < timezone.localdate(filed)):
        raise DomainError(Reason(text=_("The day of the visit must lie between the filing and today.")))


def _has_visit(sheet: ScoreSheet) -> bool:
    return sheet.assessment.indicator_set.indicators.filter(method=Method.VISIT).exists()


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
