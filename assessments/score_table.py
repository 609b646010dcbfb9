"""The score table (考核评分表) of an assessment: the arithmetic of its result as a workbook and as a printed paper.

Of a closed assessment both come from the arithmetic stored when it was closed and from the form that was filed, so
they say the same for ever, whatever is renamed or set anew later. Before, they are an intermediate state, marked so.
"""

import hashlib
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.names import in_language
from accounts.tables import Column, Group, OfficialTable, official_workbook
from applications.content import standing_content
from assessments.enums import Aggregate, AssessmentState, IndicatorKind, Method
from assessments.models import Assessment
from assessments.scoring import arithmetic_of, reasons
from notices.print_fonts import printable
from notices.printing import printer

STYLESHEET = "score.css"
TEMPLATE = "assessments/score_document.html"
#: Columns of points that fit a page upright; more turn it.
_MOST_UPRIGHT = 3


def score_workbook(assessment: Assessment) -> bytes:
    """The score table as a workbook in the language of the reader, ready to print."""
    return official_workbook(score_table(assessment))


def score_pdf(assessment: Assessment) -> bytes:
    """The score table as an A4 paper; Chinese like all papers of the office. A closed assessment gives the same
    bytes every time. Raises notices.print_fonts.PrintingUnavailable where fonts or libraries are missing."""
    html = printable(render_to_string(TEMPLATE, _paper(assessment)))
    return printer(STYLESHEET).pdf(html, identifier=hashlib.sha256(html.encode()).hexdigest())


def file_name(assessment: Assessment) -> str:
    """What a download is called, without its extension."""
    site = standing_content(assessment.application)["site"]["name"]
    return f"{_title(assessment)} {site}"


def score_table(assessment: Assessment) -> OfficialTable:
    """The score table as an official table: a group for each first-level section, its arithmetic in words below."""
    stored, content = arithmetic_of(assessment), standing_content(assessment.application)
    site = content["site"]
    result = _("passed") if stored["passed"] else _("not passed")
    return OfficialTable(
        title=f"{_title(assessment)}：{site['name']}（{site['area']}，{content['number']}）",
        filled_by=str(assessment.application.cycle.programme.owner),
        made_on=_made_on(assessment),
        columns=_columns(stored),
        groups=_groups(stored),
        total=_("Result: %(score)s points, pass mark %(mark)s, %(result)s.")
        % {"score": stored["score"], "mark": stored["pass_mark"], "result": result},
        remarks=_remarks(assessment, stored),
    )


def _title(assessment: Assessment) -> str:
    if assessment.state == AssessmentState.SCORING:
        return _("Score table (intermediate)")
    return _("Score table")


def _made_on(assessment: Assessment):
    return timezone.localdate(assessment.closed_at) if assessment.closed_at else clock.today()


def _columns(stored: dict) -> list[Column]:
    return [
        Column(_("Number"), 9, centred=True),
        Column(_("Indicator"), 40),
        Column(_("Method"), 9, centred=True),
        Column(_("Most"), 9, centred=True),
        *(Column(sheet["assessor"], 14, centred=True) for sheet in stored["sheets"]),
        Column(_("Together"), 12, centred=True),
    ]


def _groups(stored: dict) -> list[Group]:
    groups: list[tuple[str, list]] = []
    for line in stored["lines"]:
        if line["depth"] == 0 and line["kind"] == IndicatorKind.HEADING:
            groups.append((_section_words(line), []))
            continue
        if not groups:
            groups.append((_("Indicators"), []))
        groups[-1][1].append(_row(line))
    return [Group(title, rows) for title, rows in groups]


def _section_words(line: dict) -> str:
    words = f"{line['code']} {in_language(line, 'name')}"
    if line["most"] is not None:
        words += " " + _("(of %(most)s): %(formula)s") % {"most": line["most"], "formula": line["formula"]}
    if line["minimum"] is not None:
        met = _("met") if line["met"] else _("not met")
        words += " " + _("At least %(minimum)s: %(met)s.") % {"minimum": line["minimum"], "met": met}
    return words


def _row(line: dict) -> list:
    return [
        line["code"],
        in_language(line, "name") + _mark(line),
        str(Method(line["method"]).label) if line["method"] else "",
        _number(line["most"]),
        *(_cells(line)),
        _number(line["result"]),
    ]


def _mark(line: dict) -> str:
    marks = {IndicatorKind.BONUS: _(" (bonus)"), IndicatorKind.VETO: _(" (veto)")}
    return str(marks.get(line["kind"], ""))


def _cells(line: dict) -> list:
    if line["vetoes"]:
        return [_("yes") if veto else _("no") for veto in line["vetoes"]]
    return [_number(points) for points in line["points"]]


def _number(text: str | None):
    return "" if text is None else Decimal(text)


def _remarks(assessment: Assessment, stored: dict) -> list[str]:
    lines = []
    if assessment.state == AssessmentState.SCORING:
        lines.append(_("Intermediate: the assessment is not closed, this is no result."))
    lines += [
        _("%(assessor)s: %(formula)s") % {"assessor": sheet["assessor"], "formula": sheet["formula"]}
        for sheet in stored["sheets"]
    ]
    together = str(Aggregate(stored["aggregate"]).label)
    lines.append(_("%(how)s: %(formula)s") % {"how": together, "formula": stored["formula"]})
    if stored["spread_formula"]:
        lines.append(_("Spread: %(formula)s") % {"formula": stored["spread_formula"]})
    return lines + ([] if stored["passed"] or not stored["sheets"] else reasons(stored))


def _paper(assessment: Assessment) -> dict:
    stored, content = arithmetic_of(assessment), standing_content(assessment.application)
    return {
        "stored": stored,
        "content": content,
        "intermediate": assessment.state == AssessmentState.SCORING,
        "median": stored["aggregate"] == Aggregate.MEDIAN,
        "methods": {"papers": "资料", "visit": "实地", "data": "数据"},
        "made_on": _made_on(assessment),
        "wide": len(stored["sheets"]) > _MOST_UPRIGHT,
        "discussions": list(assessment.discussions.all()),
        "returns": _returns(assessment),
    }


def _returns(assessment: Assessment) -> list[dict]:
    """Sheets that were handed back, with the total they had; the assessors as the arithmetic names them."""
    rows = []
    for sheet in assessment.sheets.prefetch_related("returns").order_by("id"):
        for returned in sheet.returns.all():
            rows.append({"sheet": sheet.pk, "total": returned.total, "reason": returned.reason})
    return rows
