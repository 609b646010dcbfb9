"""The reminder letter (提醒函) as it is printed after GB/T 9704-2012, and the round that makes what is missing."""

from django.template.loader import render_to_string

from notices.print_fonts import printable
from notices.printing import Printed, printer
from supervision.models import ReminderLetter
from supervision.services.escalation import keep_letter

STYLESHEET = "letter.css"
TEMPLATE = "supervision/findings/letter.html"
#: The element whose corner is where the seal of 42 mm belongs.
_SEAL = "seal"


def make_letters() -> int:
    """Print every letter that has a number and no paper yet; returns how many. Safe twice and beside itself."""
    waiting = ReminderLetter.objects.filter(pdf="").order_by("id")
    return sum(make_letter(letter) is not None for letter in waiting)


def make_letter(letter: ReminderLetter) -> ReminderLetter:
    """Print a letter and keep it; killed in between, the next round prints what the number stands for."""
    printed = print_letter(letter)
    place = printed.places[_SEAL]
    return keep_letter(
        letter=letter,
        pdf=printed.pdf,
        place={"page": place.page, "left": place.left, "top": place.top},
    )


def print_letter(letter: ReminderLetter) -> Printed:
    """A letter as A4 PDF with embedded fonts, and where its seal belongs.

    Raises: notices.print_fonts.PrintingUnavailable when fonts or libraries are missing.
    """
    html = render_to_string(
        TEMPLATE, {"letter": _printable(letter.content), "number": printable(letter.number)}
    )
    return printer(STYLESHEET).print(html, identifier=letter.number)


def _printable(value):
    if isinstance(value, dict):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_printable(part) for part in value]
    return printable(value) if isinstance(value, str) else value
