"""The dashboard for a meeting room: one part at a time over the whole screen, which asks itself anew."""

from django.shortcuts import render

from dashboard.cells import cell_words, value_of
from dashboard.charts import chart_of
from dashboard.page import ShownSection, sections_of, shown
from dashboard.page_head import heading_of, question_of
from dashboard.tables import Number

#: Seconds after which the page asks for itself again.
REFRESH = 180
#: Letters of the charts, to be read from the other end of the table.
_FONT = 18
#: More figures do not fit above the charts.
_MOST_FIGURES = 4


def wall(request):
    """One section, large. The browser asks again by a header, so that it can be told not to (?still=1)."""
    question = question_of(request)
    sections = sections_of(question) if question else []
    if not sections:
        return render(request, "dashboard/wall.html")
    codes = [section.code for section in sections]
    wanted = request.GET.get("section", "")
    place = codes.index(wanted) if wanted in codes else 0
    one = shown([sections[place]])[0]
    is_still = request.GET.get("still") == "1"
    context = heading_of(question) | {
        "one": one,
        "figures": figures_of(one),
        "charts": [(table, chart_of(table.table, font=_FONT)) for table in one.tables if table.chart],
        "tables": [table for table in one.tables if not table.chart],
        "sections": sections,
        "number": place + 1,
        "previous": codes[place - 1],
        "next": codes[(place + 1) % len(codes)],
        "is_still": is_still,
        "refresh_minutes": REFRESH // 60,
    }
    response = render(request, "dashboard/wall.html", context)
    if not is_still:
        response["Refresh"] = str(REFRESH)
    return response


def figures_of(one: ShownSection) -> list[dict]:
    """The main figures of a section: the sums of its tables, those of a sum along the row by that alone."""
    found = []
    for table in (shown_table.table for shown_table in one.tables):
        if table.total is None:
            continue
        pairs = [
            pair
            for pair in zip(table.columns, table.total.numbers, strict=True)
            if value_of(pair[1]) is not None
        ]
        if pairs and table.columns[-1] == table.total.label:
            pairs = [(table.caption, table.total.numbers[-1])]
        found += [
            {
                "label": label,
                "text": cell_words(cell),
                "url": cell.url if isinstance(cell, Number) and cell.count else "",
            }
            for label, cell in pairs
        ]
    return found[:_MOST_FIGURES]
