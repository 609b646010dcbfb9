"""What came back of a printed form: which pages are there, whose seal is seen, what is of an earlier version."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.names import in_language
from accounts.words import lazy_list
from applications.content import compared, content_hash, opinion_boxes, standing_content
from applications.enums import AttachmentKind, PageVerdict
from applications.models import Application, Attachment, ScannedPage

#: Whose seal a scan has to show when the county hands in (programmes/schema.json, opinion).
_OWN = "area"


@dataclass(frozen=True)
class SealWarning:
    """No red was found where the county's seal belongs. `colourless`: the page holds no colour at all."""

    page: ScannedPage
    box: str
    title: str
    colourless: bool

    @property
    def overruled(self) -> bool:
        return self.page.overruled_at is not None

    def __str__(self) -> str:
        words = {"page": self.page.page, "box": self.title}
        if self.colourless:
            return _("Page %(page)s holds no colour: the seal in “%(box)s” cannot be seen.") % words
        return _("Page %(page)s: no red seal found in “%(box)s”.") % words


@dataclass(frozen=True)
class PaperState:
    """What is there of the form that says what the application says now.

    pages: how many it has, 0 while it was never printed. filed: its scanned pages by number. older: present pages of
    earlier contents whose number is still missing. changed: what the form says otherwise since, by label.
    by_hand: a file somebody confirmed to be the stamped form; stale_by_hand: one of an earlier content.
    """

    pages: int
    filed: dict[int, ScannedPage]
    older: list[ScannedPage]
    changed: list[str]
    by_hand: Attachment | None
    stale_by_hand: Attachment | None
    warnings: list[SealWarning]

    @property
    def missing(self) -> list[int]:
        return [page for page in range(1, self.pages + 1) if page not in self.filed]

    @property
    def complete(self) -> bool:
        return self.pages > 0 and not self.missing

    @property
    def rows(self) -> list[tuple[int, ScannedPage | None, list[SealWarning]]]:
        """Each page of the present form: its number, its scan or None, and what is to be said of it."""
        return [
            (number, self.filed.get(number), [each for each in self.warnings if each.page.page == number])
            for number in range(1, self.pages + 1)
        ]

    @property
    def open_warnings(self) -> list[SealWarning]:
        return [warning for warning in self.warnings if not warning.overruled]

    def words(self) -> list[str]:
        """The state in short sentences, the most important first."""
        if self.complete:
            pages = _("All pages are there (%(pages)s).") % {"pages": self.pages}
        elif self.filed:
            pages = missing_words(self.missing)
        else:
            pages = _("No page of the present form is there.")
        older = [_("Pages of an earlier version; changed since: %(fields)s.") % {"fields": self.changes}]
        by_hand = [_("Confirmed by hand.")] if self.by_hand else []
        return [pages, *by_hand, *(older if self.older else []), *map(str, self.open_warnings)]

    @property
    def changes(self) -> str:
        return str(lazy_list(self.changed)) if self.changed else _("nothing the form shows")


def missing_words(missing: list[int]) -> str:
    """Which pages are missing, as a sentence."""
    text = ngettext("Page %(pages)s is missing.", "Pages %(pages)s are missing.", len(missing))
    return text % {"pages": lazy_list([str(page) for page in missing])}


def paper_state(application: Application) -> PaperState:
    """What came back on paper of what the application stands for now (while it may be changed: its present content)."""
    standing = standing_content(application)
    digest = content_hash(standing)
    pages = present_pages(application)
    filed = {page.page: page for page in pages if page.version.content_hash == digest}
    older = [page for page in pages if page.page not in filed]
    printed = application.versions.filter(content_hash=digest).values_list("pages", flat=True)
    scans = list(application.attachments.present().filter(kind=AttachmentKind.STAMPED).order_by("-id")[:1])
    fresh = [scan for scan in scans if scan.form_hash == digest]
    return PaperState(
        pages=max(printed, default=0),
        filed=filed,
        older=older,
        changed=changed_fields(application, older[-1].version.content, standing) if older else [],
        by_hand=fresh[0] if fresh else None,
        stale_by_hand=scans[0] if scans and not fresh else None,
        warnings=[
            warning for number in sorted(filed) for warning in seal_warnings(application, filed[number])
        ],
    )


def stray_pages(application: Application) -> list[ScannedPage]:
    """Pages of the last files added to an application that were not filed to it: another's, unknown, unreadable.
    `remedy`: what to do about each."""
    last = application.scan_uploads.order_by("-id").values("uploaded_at")[:1]
    pages = ScannedPage.objects.present().filter(
        upload__application=application, upload__uploaded_at__in=last
    )
    here = Q(application=application, verdict__in=(PageVerdict.FILED, PageVerdict.OLDER))
    related = ("upload", "application__site", "application__level")
    rows = list(pages.exclude(here).select_related(*related).order_by("upload_id", "position"))
    for row in rows:
        row.remedy = remedy(row)
    return rows


def present_pages(application: Application) -> list[ScannedPage]:
    """The scanned pages filed to an application and not replaced, of whichever version, in order."""
    pages = application.scanned_pages.present().filter(verdict__in=(PageVerdict.FILED, PageVerdict.OLDER))
    return list(
        pages.select_related("version", "upload", "overruled_by").order_by("version__number", "page", "id")
    )


def seal_warnings(application: Application, page: ScannedPage) -> list[SealWarning]:
    """The county's own boxes on a page in which no red seal was found. Other units stamp later, or elsewhere."""
    return [
        SealWarning(page, box["code"], in_language(box, "title"), page.seals[box["code"]] is None)
        for box in opinion_boxes(application)
        if box.get("unit") == _OWN and page.seals.get(box["code"], True) is not True
    ]


def changed_fields(application: Application, before: dict, after: dict) -> list[str]:
    """The labels of what differs between two contents of an application."""
    return [str(label) for label, _old, _new in compared(application, before, after)]


def remedy(page: ScannedPage) -> str:
    """What to do about a page that was not filed as it should be; empty for one that was."""
    return {
        PageVerdict.OLDER: _("Print the present version, have it stamped and scan that."),
        PageVerdict.OTHER: _("That application is not open for changes now."),
        PageVerdict.NOT_YOURS: _("Hand the paper on to whom it belongs."),
        PageVerdict.UNKNOWN: _("The page of an editable Word copy cannot be handed in: print the PDF.")
        if page.version_id
        else _("It was not printed here, or its form is gone."),
        PageVerdict.UNREADABLE: _(
            "Scan the page again, flat and sharp, with its whole foot; if the code is torn or stained, confirm the "
            "paper by hand."
        ),
    }.get(page.verdict, "")
