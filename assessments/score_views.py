"""The score table to take away: as a workbook and as a printed paper."""

import io

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect

from accounts.lists import XLSX_TYPE
from accounts.services import record
from assessments.rules import may_read_scores
from assessments.score_table import file_name, score_pdf, score_workbook
from assessments.selectors import assessments_for_list
from notices.print_fonts import PrintingUnavailable

MAKERS = {"xlsx": (score_workbook, XLSX_TYPE), "pdf": (score_pdf, "application/pdf")}


def score_table(request, pk: int, kind: str):
    """The score table of an assessment, before its closing marked as intermediate and only for those who decide."""
    assessment = get_object_or_404(assessments_for_list(request.user), pk=pk)
    if kind not in MAKERS or not may_read_scores(request.user, assessment):
        raise Http404
    make, content_type = MAKERS[kind]
    try:
        content = make(assessment)
    except PrintingUnavailable as error:
        messages.error(request, str(error))
        return redirect("assessments:detail", pk)
    record(
        action="assessment.score_table",
        actor=request.user,
        obj=assessment,
        unit=assessment.application.area,
        kind=kind,
    )
    return FileResponse(
        io.BytesIO(content),
        as_attachment=kind == "xlsx",
        filename=f"{file_name(assessment)}.{kind}",
        content_type=content_type,
    )
