"""The application form as a PDF: official paper after GB/T 9704-2012, to be stamped or sealed."""

import dataclasses
import unicodedata
from dataclasses import dataclass

from django.template.loader import render_to_string

from applications.codes import CODE_SIZE, code_place
from notices.print_fonts import printable
from notices.printing import Code, Printed, printer

STYLESHEET = "form.css"
TEMPLATE = "applications/form_document.html"

# A column of values takes two lines of about so many half-width characters before it looks crowded.
_VALUE_WIDTH = 36
# Four groups of four: enough to compare by eye with the check page.
_HASH_DIGITS = 16


@dataclass(frozen=True)
class Section:
    """A chapter of the form: its title and its text, one string per paragraph."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class OpinionBox:
    """A level's box for opinion, signature, seal and date; `lines` is wording fixed beforehand."""

    title: str
    lines: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True)
class FormDocument:
    """Everything printed on an application form.

    number: the application's number, or 草稿. content_hash: sha-256 of the content in hexadecimal digits.
    check_url: where the codes lead, to be followed by the page; empty: no codes. facts: label and value.
    plaques: level, number and date of each plaque held. attachments: their names. draft: marks every page as a
    preview.
    """

    title: str
    subtitle: str
    number: str
    version: int
    content_hash: str
    check_url: str
    facts: tuple[tuple[str, str], ...]
    plaques: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    attachments: tuple[str, ...]
    opinions: tuple[OpinionBox, ...]
    draft: bool = False


def render_form(document: FormDocument) -> Printed:
    """Print an application form.

    Returns: an A4 PDF with embedded fonts, and where each opinion box wants its seal ("seal-" and the box's code).
    The same document gives the same bytes on the same machine, so that a sealed paper can be made again and compared.

    Raises: notices.print_fonts.PrintingUnavailable when fonts or libraries are missing.
    """
    identifier = f"{document.number}/{document.version}/{document.content_hash}/{document.draft}"

    def code(page: int, pages: int) -> Code:
        left, top = code_place(page)
        return Code(f"{document.check_url}/{page}-{pages}", left, top, CODE_SIZE)

    return printer(STYLESHEET).print(
        form_html(document), identifier=identifier, code=code if document.check_url else None
    )


def form_html(document: FormDocument) -> str:
    """Return the HTML that is printed: what people typed is escaped and reduced to printable characters."""
    clean = _printable(document)
    return render_to_string(
        TEMPLATE,
        {
            "document": clean,
            "rows": fact_rows(clean.facts),
            "sections": [(section.title, paragraphs_of(section.paragraphs)) for section in clean.sections],
            "fingerprint": fingerprint(clean.content_hash),
        },
    )


def _printable(value):
    """Return a copy of a document, or of a part of it, with every text passed through `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, tuple):
        return tuple(map(_printable, value))
    if dataclasses.is_dataclass(value):
        fields = {field.name: _printable(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def _width(text: str) -> int:
    """Count half-width columns: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def fact_rows(facts: tuple[tuple[str, str], ...]) -> list[tuple[tuple[str, str], ...]]:
    """Pair short facts into rows of two, in their order; a long one has a row to itself."""
    rows: list[tuple[tuple[str, str], ...]] = []
    waiting = None
    for fact in facts:
        if _width(fact[1]) > _VALUE_WIDTH:
            rows += [(waiting,), (fact,)] if waiting else [(fact,)]
            waiting = None
        elif waiting:
            rows.append((waiting, fact))
            waiting = None
        else:
            waiting = fact
    return [*rows, (waiting,)] if waiting else rows


def paragraphs_of(texts: tuple[str, ...]) -> list[str]:
    """Split at line ends and drop blank lines and outer spaces: the style sheet indents, not the writer."""
    lines = (line.strip() for text in texts for line in text.splitlines())
    return [line for line in lines if line]


def fingerprint(content_hash: str) -> str:
    """The beginning of a hash in groups of four, as it is printed and compared by eye."""
    shown = content_hash[:_HASH_DIGITS]
    return " ".join(shown[place : place + 4] for place in range(0, len(shown), 4))
