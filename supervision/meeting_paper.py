"""The agenda of a meeting on paper: A4, as it is laid on the table."""

import hashlib

from django.template.loader import render_to_string
from django.utils import translation

from notices.print_fonts import printable
from notices.printing import printer
from supervision.meeting_kinds import kind_of
from supervision.models import Meeting

STYLESHEET = "tasks.css"
#: Papers of the office are Chinese.
LANGUAGE = "zh-hans"


def agenda_pdf(meeting: Meeting) -> bytes:
    """The agenda with its speakers. Raises notices.print_fonts.PrintingUnavailable where fonts are missing."""
    with translation.override(LANGUAGE):
        context = {
            "meeting": meeting,
            "kind": kind_of(meeting.cycle, meeting.kind),
            "speakers": list(meeting.speakers.all()),
        }
        html = printable(render_to_string("supervision/meetings/agenda_document.html", context))
    return printer(STYLESHEET).pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())
