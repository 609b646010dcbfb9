"""The application form as an editable Word file: the printed form's content in the printed form's order.

What is handed in is the PDF. A Word file can be changed, so its code says that it is a copy.
"""

import datetime
import io

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image

from applications.documents import FormDocument, OpinionBox, fact_rows, fingerprint, paragraphs_of
from notices.print_fonts import printable
from notices.printing import code_dots

#: Office fonts by purpose, as GB/T 9704-2012 names them; Word falls back by itself where one is missing.
_BODY, _TITLE, _HEAD, _SUBTITLE = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
_LABEL, _VALUE = Mm(27), Mm(51)
#: Word's own stamp would differ at every call.
_MADE = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - written without a zone


def word_form(document: FormDocument) -> bytes:
    """Lay out a form as .docx, A4 with the printed form's margins; number, version, hash and code on each page."""
    book = Document()
    _page(book.sections[0], document)
    book.core_properties.title = f"{document.title} {document.number}"
    book.core_properties.author = ""
    book.core_properties.created = book.core_properties.modified = _MADE
    _line(book, document.title, _TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER)
    if document.subtitle:
        _line(book, document.subtitle, _SUBTITLE, 16, WD_ALIGN_PARAGRAPH.CENTER)
    _line(book, f"申报编号：{document.number}", _BODY, 12)
    _heading(book, "基本情况")
    _facts(book, document.facts)
    if document.plaques:
        _heading(book, "已获授牌情况")
        _plaques(book, document.plaques)
    for section in document.sections:
        _heading(book, section.title)
        for paragraph in paragraphs_of(section.paragraphs):
            _text(book, paragraph)
    _heading(book, "附件目录")
    for number, name in enumerate(document.attachments, start=1):
        _text(book, f"{number}. {name}")
    if not document.attachments:
        _text(book, "无")
    for box in document.opinions:
        _opinion(book, box)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _page(section, document: FormDocument) -> None:
    """A4 with the margins of official paper, and what stands at the foot of each page."""
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(8)
    table = section.footer.add_table(1, 3, Mm(156))
    _widths(table, (Mm(23), Mm(93), Mm(40)))
    code, words, page = table.rows[0].cells
    code.paragraphs[0].add_run().add_picture(_code(document.check_url), width=Mm(20))
    lines = (
        f"编号：{document.number}",
        f"第{document.version}版　校验码：{fingerprint(document.content_hash)}",
        "可编辑副本，报送以系统打印的PDF为准",
    )
    words.paragraphs[0].text = ""
    for place, line in enumerate(lines):
        paragraph = words.paragraphs[0] if place == 0 else words.add_paragraph()
        _run(paragraph, line, _HEAD, 8)
    paragraph = page.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, "— ", _BODY, 14)
    _page_number(paragraph)
    _run(paragraph, " —", _BODY, 14)


def _code(check_url: str) -> io.BytesIO:
    dots = code_dots(f"{check_url}/W")
    picture = Image.new("1", (len(dots), len(dots)))
    picture.putdata([0 if dot else 1 for row in dots for dot in row])
    stream = io.BytesIO()
    picture.resize((picture.width * 8, picture.height * 8)).save(stream, "PNG")
    stream.seek(0)
    return stream


def _page_number(paragraph) -> None:
    """Word's own field: it counts while somebody types."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _facts(book, facts: tuple[tuple[str, str], ...]) -> None:
    table = _table(book, 4, (_LABEL, _VALUE, _LABEL, _VALUE))
    for row in fact_rows(facts):
        cells = table.add_row().cells
        for place, (label, value) in enumerate(row):
            _cell(cells[2 * place], label, _HEAD, centred=True)
            _cell(cells[2 * place + 1], value, _BODY)
        if len(row) == 1:
            cells[1].merge(cells[3])


def _plaques(book, plaques: tuple[tuple[str, str, str], ...]) -> None:
    table = _table(book, 3, (Mm(30), Mm(80), Mm(46)))
    for row in (("级别", "牌匾编号", "授牌日期"), *plaques):
        for cell, value in zip(table.add_row().cells, row, strict=True):
            _cell(cell, value, _BODY, centred=True)


def _opinion(book, box: OpinionBox) -> None:
    """A box that stays on one page, tall enough for a seal of 42 mm over signature and date."""
    book.add_paragraph().paragraph_format.space_after = Pt(0)
    table = _table(book, 2, (_LABEL, Mm(129)))
    row = table.add_row()
    row.height = Mm(58)
    _cannot_split(row)
    title, body = row.cells
    _cell(title, box.title, _HEAD, centred=True)
    for place, line in enumerate(box.lines):
        paragraph = body.paragraphs[0] if place == 0 else body.add_paragraph()
        _run(paragraph, line, _BODY, 14)
    mark = body.add_paragraph()
    mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    mark.paragraph_format.space_before = Mm(20)
    body.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
    _run(mark, "（盖章处）　　　", _BODY, 9)
    signature = body.add_paragraph()
    signature.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(signature, "签字：　　　　　　　　　　　　　年　　月　　日", _BODY, 12)


def _table(book, columns: int, widths: tuple):
    table = book.add_table(0, columns)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, widths)
    return table


def _widths(table, widths: tuple) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _cannot_split(row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _cell(cell, value: str, font: str, centred: bool = False) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, value, font, 12)


def _heading(book, title: str) -> None:
    paragraph = _line(book, title, _HEAD, 14)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)


def _text(book, paragraph: str) -> None:
    made = _line(book, paragraph, _BODY, 14)
    made.paragraph_format.first_line_indent = Pt(28)


def _line(book, text: str, font: str, size: int, alignment=None):
    paragraph = book.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.2
    _run(paragraph, text, font, size)
    return paragraph


def _run(paragraph, text: str, font: str, size: int) -> None:
    """Text in an office font. Word takes the East Asian font from an attribute of its own."""
    run = paragraph.add_run(printable(text))
    run.font.name, run.font.size = font, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
