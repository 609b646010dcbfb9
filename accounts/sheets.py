"""Reading tables people upload as .xlsx, whatever is in them: bounded before memory grows, refused in words.

The zip is looked at before anything is unpacked, and counted while it unpacks; of the sheet only rows with values
are kept. openpyxl's reader is not used here: it allocates by what a file claims, and takes three times as long.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.sheet_parts import (
    Damaged,
    RelationsPart,
    SheetPart,
    StringsPart,
    StylesPart,
    WorkbookPart,
    column_letters,
    parse,
)
from accounts.words import lazy_list

#: Rows with values below the head.
MOST_ROWS = 20_000
#: Columns and row numbers beyond which a value can only be a slip, e.g. in XFD1048576.
MOST_COLUMNS, LAST_ROW = 200, 200_000
#: Limits of the zip itself: files in it, bytes of all of them unpacked, and how many times they may swell.
MOST_PARTS, MOST_UNPACKED, MOST_SWELLING = 2_000, 100 * 1024 * 1024, 300
#: Parts that are read whole, so they may not be large: workbook, relations, styles.
_SMALL = 8 * 1024 * 1024
_MOST_STRINGS = 1_000_000
#: Small files may swell more: a page of blanks does.
_SWELLING_FROM = 1024 * 1024
#: So many cells or ranges are named in a message.
_NAMED = 10
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: What zipfile and zlib raise for damaged or encrypted archives.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


@dataclass(frozen=True)
class Row:
    """A row with values: its number as Excel counts, and its values by column from 0."""

    number: int
    cells: dict[int, object]


@dataclass
class Sheet:
    """One read sheet. `others` are the names of the sheets that were left alone; `formulas` and `merged` name cells
    and ranges with their row number."""

    name: str
    rows: list[Row] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    formulas: list[tuple[int, str]] = field(default_factory=list)
    merged: list[tuple[int, str]] = field(default_factory=list)

    def refuse_merged(self, from_row: int = 1) -> None:
        """Raise DomainError when cells that end in or below a row are merged; a merged title above does no harm."""
        ranges = [name for row, name in self.merged if row >= from_row]
        if ranges:
            raise DomainError(
                Reason(
                    text=_("Merged cells: %(ranges)s.") % {"ranges": _named(ranges)},
                    remedy=_("Unmerge them and write the value into each cell: a table has one head row."),
                )
            )

    def refuse_formulas(self, from_row: int = 1) -> None:
        """Raise DomainError when cells in or below a row are calculated: what they show depends on who opens them."""
        cells = [name for row, name in self.formulas if row >= from_row]
        if cells:
            raise DomainError(
                Reason(
                    text=_("Cells with formulas: %(cells)s.") % {"cells": _named(cells)},
                    remedy=_("Copy the table and paste it as values, then save it again."),
                )
            )


def check_workbook(upload) -> None:
    """Refuse, before it is kept, what cannot be a workbook to import. Raises DomainError in words."""
    if PurePosixPath(upload.name).suffix.lower() != ".xlsx":
        raise _wrong_kind(upload.name)
    upload.seek(0)
    start = upload.read(8)
    upload.seek(0)
    if start.startswith(_OLD_OFFICE):
        raise DomainError(
            Reason(
                text=_("“%(name)s” is an old workbook (.xls) or protected with a password.")
                % {"name": upload.name},
                remedy=_("Open it, remove the password and save it as .xlsx."),
            )
        )
    if not start.startswith(b"PK\x03\x04"):
        raise _wrong_kind(upload.name)
    with _opened(upload) as archive:
        _guard(archive)
        if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(archive.namelist()):
            raise _wrong_kind(upload.name)
    upload.seek(0)


def read_sheet(
    file, *, names: tuple[str, ...] = (), on_progress: Callable[[int], None] = lambda rows: None
) -> Sheet:
    """Read the sheet with one of `names`, else the first one that is not hidden.

    Args:
        file: the workbook, opened for reading bytes.
        names: names the template gives its sheet, in all languages.
        on_progress: called with the number of rows read so far; may raise to stop.

    Raises DomainError for a damaged or oversized file.
    """
    try:
        with _opened(file) as archive:
            _guard(archive)
            return _Reader(archive).sheet(names, on_progress)
    except (Damaged, *_UNREADABLE, KeyError) as error:
        raise _damaged() from error


class _Reader:
    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._left = MOST_UNPACKED
        self.workbook = self._small("xl/workbook.xml", WorkbookPart())
        self.relations = self._small("xl/_rels/workbook.xml.rels", RelationsPart())

    def sheet(self, names: tuple[str, ...], on_progress) -> Sheet:
        chosen = self._choose(names)
        sheet = Sheet(chosen.name, others=[each.name for each in self.workbook.sheets if each is not chosen])
        keep = _RowKeeper(sheet.rows, on_progress)
        part = SheetPart(
            strings=self._strings(),
            dates=self._dates(),
            since_1904=self.workbook.since_1904,
            widest=MOST_COLUMNS,
            on_row=keep,
        )
        with self._open(posixpath.normpath(self.relations.targets[chosen.relation])) as stream:
            parse(stream, part)
        sheet.formulas, sheet.merged = part.formulas, part.merged
        return sheet

    def _choose(self, names: tuple[str, ...]):
        """The template's own sheet by name, else the first a person sees."""
        kinds = self.relations.kinds
        sheets = [
            sheet
            for sheet in self.workbook.sheets
            if kinds.get(sheet.relation) == "worksheet" and not sheet.hidden
        ]
        if not sheets:
            raise DomainError(Reason(text=_("The workbook has no sheet that is not hidden.")))
        return next((sheet for sheet in sheets if sheet.name.strip() in names), sheets[0])

    def _strings(self) -> list[str]:
        part = StringsPart(_MOST_STRINGS)
        if target := self._target("sharedStrings"):
            with self._open(target) as stream:
                parse(stream, part)
        return part.strings

    def _dates(self) -> frozenset[str]:
        target = self._target("styles")
        return self._small(target, StylesPart()).date_styles() if target else frozenset()

    def _target(self, kind: str) -> str | None:
        found = [self.relations.targets[key] for key, known in self.relations.kinds.items() if known == kind]
        return posixpath.normpath(found[0]) if found else None

    def _small(self, name: str, part):
        if self._archive.getinfo(name).file_size > _SMALL:
            raise _oversized()
        with self._open(name) as stream:
            parse(stream, part)
        return part

    def _open(self, name: str) -> "_Counted":
        return _Counted(self._archive.open(name), self)

    def take(self, count: int) -> None:
        """Count bytes as they are unpacked: what the archive's directory claims is only a claim."""
        self._left -= count
        if self._left < 0:
            raise _oversized()


class _Counted(io.RawIOBase):
    """A part of the archive that counts what comes out of it."""

    def __init__(self, stream, reader: _Reader):
        super().__init__()
        self._stream, self._reader = stream, reader

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(min(size, 65_536) if size >= 0 else 65_536)
        self._reader.take(len(data))
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()


class _RowKeeper:
    """Keeps rows up to the limit, and refuses values far outside any table."""

    def __init__(self, rows: list[Row], on_progress):
        self._rows, self._on_progress = rows, on_progress

    def __call__(self, number: int, cells: dict[int, object]) -> None:
        last = max(cells)
        if last >= MOST_COLUMNS or number > LAST_ROW:
            raise DomainError(
                Reason(
                    text=_("Cell %(cell)s holds something far outside the table.")
                    % {"cell": f"{column_letters(last)}{number}"},
                    remedy=_("Delete everything right of and below the table, and save it again."),
                )
            )
        self._rows.append(Row(number, cells))
        # Some rows of title and head stand above the data.
        if len(self._rows) > MOST_ROWS + 10:
            raise too_many_rows()
        if len(self._rows) % 500 == 0:
            self._on_progress(len(self._rows))


def too_many_rows() -> DomainError:
    return DomainError(
        Reason(
            text=_("The sheet has more than %(most)s rows.") % {"most": MOST_ROWS},
            remedy=_("Split it and import the parts one after the other."),
        )
    )


def _opened(file) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _UNREADABLE as error:
        raise _damaged() from error


def _guard(archive: zipfile.ZipFile) -> None:
    """Refuse by the archive's directory what would unpack to more than a workbook can need."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    swollen = unpacked > _SWELLING_FROM and unpacked > MOST_SWELLING * max(packed, 1)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or swollen:
        raise _oversized()


def _named(places: list[str]) -> str:
    """The first places, and how many more there are."""
    named = str(lazy_list(places[:_NAMED]))
    if len(places) <= _NAMED:
        return named
    return _("%(places)s and %(count)d more") % {"places": named, "count": len(places) - _NAMED}


def _wrong_kind(name: str) -> DomainError:
    return DomainError(
        Reason(
            text=_("“%(name)s” is no Excel workbook (.xlsx).") % {"name": name},
            remedy=_("Save the table as “Excel workbook (.xlsx)” and choose that file."),
        )
    )


def _oversized() -> DomainError:
    return DomainError(
        Reason(
            text=_("The workbook unpacks to more than can be read here."),
            remedy=_("Copy only the table into a new workbook and save that."),
        )
    )


def _damaged() -> DomainError:
    return DomainError(
        Reason(
            text=_("The workbook is damaged and cannot be read."),
            remedy=_("Open it in Excel or WPS, save it anew and try again."),
        )
    )
