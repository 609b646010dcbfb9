"""The briefing as a Word file, to be worked on: the PDF's words in the PDF's order."""

import io

from django.utils import timezone
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from accounts import clock
from dashboard.briefing.content import Briefing, Strip
from notices.print_fonts import printable

#: Office fonts by purpose, as GB/T 9704-2012 names them; Word falls back by itself where one is missing.
_BODY, _TITLE, _HEAD = "仿宋_GB2312", "方正小标宋简体", "黑体"
_BLACK = RGBColor(0, 0, 0)


def briefing_docx(briefing: Briefing) -> bytes:
    """Lay out a briefing as .docx, A4 upright with the PDF's margins and page numbers."""
    book = Document()
    _page(book.sections[0])
    made = timezone.localtime(clock.now()).replace(tzinfo=None)
    book.core_properties.title, book.core_properties.author = briefing.title, ""
    book.core_properties.created = book.core_properties.modified = made
    _line(book, briefing.title, _TITLE, 20, WD_ALIGN_PARAGRAPH.CENTER)
    for label, value in briefing.facts:
        _line(book, _("%(label)s: %(value)s") % {"label": label, "value": value}, _BODY, 12)
    if briefing.note:
        _line(book, briefing.note, _BODY, 12)
    for part in briefing.parts:
        _heading(book, part.title, 14, 1)
        if part.lead:
            _line(book, part.lead, _BODY, 10.5).paragraph_format.keep_with_next = True
        for sheet in part.sheets:
            if sheet.caption:
                _heading(book, sheet.caption, 11, 2)
            if sheet.words:
                _line(book, sheet.words, _BODY, 10.5)
            for place, strip in enumerate(sheet.strips):
                if place:
                    _line(book, _("Continued"), _BODY, 10).paragraph_format.keep_with_next = True
                _table(book, strip)
    _line(book, briefing.source, _BODY, 10.5).paragraph_format.space_before = Pt(12)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _page(section) -> None:
    """A4 upright; the number of the page in the middle of the foot."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(25), Mm(22)
    section.left_margin = section.right_margin = Mm(22)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", _BODY, 10)
    _field(paragraph, "PAGE")
    _run(paragraph, " / ", _BODY, 10)
    _field(paragraph, "NUMPAGES")
    _run(paragraph, " —", _BODY, 10)


def _field(paragraph, name: str) -> None:
    """Word's own field: it counts while somebody types."""
    field, run, text = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), name)
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _table(book, strip: Strip) -> None:
    table = book.add_table(0, len(strip.head))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    size = 8.5 if strip.is_small else 10.5
    lines = [strip.head, *strip.rows, *([strip.total] if strip.total else [])]
    for line in lines:
        row = table.add_row()
        _keep_whole(row)
        for place, (cell, words) in enumerate(zip(row.cells, line, strict=True)):
            is_head = line is strip.head or place == 0
            cell.width = Mm(strip.widths[place])
            _cell(cell, words, _HEAD if is_head else _BODY, size, _alignment(strip, line, place))
            # A head is not left behind alone, nor does a total begin a page.
            beside = line is strip.head or line is lines[-2]
            cell.paragraphs[0].paragraph_format.keep_with_next = (
                strip.is_short or beside
            ) and line is not lines[-1]
    for column, width in zip(table.columns, strip.widths, strict=True):
        column.width = Mm(width)
    _repeat(table.rows[0])


def _keep_whole(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row) -> None:
    """The head of a table stands on every page it reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _alignment(strip: Strip, line: tuple[str, ...], place: int):
    """Numbers and their heads to the right, so that digits stand below digits; heads of words in the middle."""
    if strip.numeric[place]:
        return WD_ALIGN_PARAGRAPH.RIGHT
    return WD_ALIGN_PARAGRAPH.CENTER if line is strip.head or place else None


def _cell(cell, words: str, font: str, size: float, alignment) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    paragraph.alignment = alignment
    _run(paragraph, words, font, size)


def _heading(book, words: str, size: float, level: int) -> None:
    """A heading Word knows as one, so that its own table of contents finds it."""
    paragraph = book.add_heading("", level)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(12 // level), Pt(4)
    run = _run(paragraph, words, _HEAD, size)
    run.font.bold = False
    run.font.color.rgb = _BLACK


def _line(book, words: str, font: str, size: float, alignment=None):
    paragraph = book.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(2)
    _run(paragraph, words, font, size)
    return paragraph


def _run(paragraph, words: str, font: str, size: float):
    """Text in an office font. Word takes the East Asian font from an attribute of its own."""
    run = paragraph.add_run(printable(words))
    run.font.name, run.font.size = font, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run
