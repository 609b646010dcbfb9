"""The dashboard for a meeting room: one part at a time over the whole screen, which asks itself anew."""

from django.shortcuts import render

from dashboard import page
from dashboard.charts import chart_of
from dashboard.page_head import heading_of, question_of
from dashboard.question import Question
from dashboard.tables import Section

#: Seconds after which the page asks for itself again.
REFRESH = 180
#: Seconds a part stays where the full screen goes on by itself (static/wall.js).
TURN = 30
_SECONDS = {"turn_seconds": TURN, "refresh_seconds": REFRESH, "refresh_minutes": REFRESH // 60}
#: Letters of the charts, to be read from the other end of the table.
_FONT = 18


def wall(request):
    """One section, large, below the key figures. The browser asks again by a header, so that it can be told not to
    (?still=1); with ?turn=1 a script goes on to the next section instead."""
    question = question_of(request)
    heading = heading_of(question) if question else {}
    if not question or heading["is_before"]:
        return render(request, "dashboard/wall.html", heading)
    section = _section(question, request.GET.get("section", ""), backwards=request.GET.get("back") == "1")
    if section is None:
        return render(request, "dashboard/wall.html")
    (one,) = page.shown([section])
    codes = list(page.SECTIONS)
    place = codes.index(section.code)
    is_still = request.GET.get("still") == "1"
    turns = request.GET.get("turn") == "1" and not is_still
    context = (
        heading
        | _SECONDS
        | {
            "one": one,
            "headlines": page.key_figures(question, section),
            "charts": [
                (table, chart_of(table.table, font=_FONT))
                for table in one.tables
                if table.chart and not table.is_nothing
            ],
            "previous": codes[place - 1],
            "next": codes[(place + 1) % len(codes)],
            "is_still": is_still,
            "turns": turns,
        }
    )
    response = render(request, "dashboard/wall.html", context)
    if not is_still and not turns:
        response["Refresh"] = str(REFRESH)
    return response


def _section(question: Question, wanted: str, *, backwards: bool) -> Section | None:
    """The section asked for, or the next (or previous) one that has something to say; no other is made."""
    codes = list(page.SECTIONS)
    if wanted in codes:
        place = codes.index(wanted)
        codes = codes[place::-1] + codes[:place:-1] if backwards else codes[place:] + codes[:place]
    return next((found for code in codes if (found := page.SECTIONS[code](question)) is not None), None)
