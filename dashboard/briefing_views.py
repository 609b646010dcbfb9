"""The briefing of what is on screen, as a PDF and as a Word file."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect

from accounts.services import record
from dashboard.briefing.content import Briefing, briefing_of, file_name
from dashboard.briefing.pdf import briefing_pdf
from dashboard.briefing.word import briefing_docx
from dashboard.page import sections_of
from dashboard.page_head import before_words, is_before_records, question_of
from dashboard.question import Question
from dashboard.tables import address
from notices.print_fonts import PrintingUnavailable
from sites.as_of import records_begin

#: The cookie that comes with a file.
ARRIVED = "file_arrived"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def pdf(request):
    question, briefing = _asked(request)
    try:
        content = briefing_pdf(briefing)
    except PrintingUnavailable as error:
        messages.error(request, str(error))
        return redirect(address("dashboard:overview", **question.asked()))
    return _answer(request, question, content, "pdf", "application/pdf")


def docx(request):
    question, briefing = _asked(request)
    return _answer(request, question, briefing_docx(briefing), "docx", DOCX_TYPE)


def _asked(request) -> tuple[Question, Briefing]:
    """The question of the address and its briefing. Raises Http404 where there is nothing to brief on."""
    question = question_of(request)
    if question is None:
        raise Http404
    begin = records_begin()
    if is_before_records(question, begin):
        return question, briefing_of(question, [], note=before_words(begin))
    return question, briefing_of(question, sections_of(question))


def _answer(request, question: Question, content: bytes, ending: str, content_type: str) -> FileResponse:
    record(action="dashboard.briefing", actor=request.user, obj=question.cycle, form=ending)
    answer = FileResponse(
        io.BytesIO(content),
        as_attachment=ending == "docx",
        filename=f"{file_name(question)}.{ending}",
        content_type=content_type,
    )
    # Tells the page, which a saved file leaves as it is, that it has arrived (static/app.js). It says nothing else.
    answer.set_cookie(ARRIVED, "1", max_age=60, secure=request.is_secure(), samesite="Lax")
    return answer
