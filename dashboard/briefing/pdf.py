"""The briefing as a PDF, A4 upright."""

import hashlib

from django.template.loader import render_to_string

from dashboard.briefing.content import Briefing
from notices.print_fonts import printable
from notices.printing import printer

STYLESHEET = "briefing.css"


def briefing_pdf(briefing: Briefing) -> bytes:
    """The briefing printed. Raises notices.print_fonts.PrintingUnavailable where fonts are missing."""
    html = printable(render_to_string("dashboard/briefing.html", {"briefing": briefing}))
    return printer(STYLESHEET).pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())
