"""The briefing as a PDF, A4 upright."""

import hashlib

from django.template.loader import render_to_string

from accounts.names import in_english
from dashboard.briefing.content import Briefing
from notices.print_fonts import printable
from notices.printing import printer

STYLESHEET = "briefing.css"
#: The quotation marks of the fonts of Chinese offices are as wide as a character: year ’ s.
_NARROW_MARKS = str.maketrans("‘’“”", "''\"\"")


def briefing_pdf(briefing: Briefing) -> bytes:
    """The briefing printed. Raises notices.print_fonts.PrintingUnavailable where fonts are missing."""
    html = render_to_string("dashboard/briefing.html", {"briefing": briefing})
    if in_english():
        html = html.translate(_NARROW_MARKS)
    html = printable(html)
    return printer(STYLESHEET).pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())
