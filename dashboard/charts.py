"""Options for the charts (ECharts). The table beside each chart says the same in figures."""

import math

from django.utils.translation import gettext as _

from dashboard.cells import number_words, sentences, value_of
from dashboard.tables import Number, Row, Table

#: Told apart by lightness as well as by hue; the first is the red of the pages.
COLOURS = ["#9b2226", "#1f5684", "#c58a2b", "#5f7f6a", "#8a6f9e", "#4a4f55", "#c9796b", "#8fb3cf"]
INK, MUTED, LINE = "#22262b", "#5b636b", "#dedbd4"
#: The narrowest chart beside a table, in pixels; one in letters beyond this size has a screen for itself.
_LEGEND_WIDTH, _LARGE = 300, 12
#: What the names of bars take at most, in letters, beside a table and on a screen; up to so many bars in two lines.
_NARROW, _WIDE, _BROKEN = 12, 15, 10
#: What a bar among others of its row needs of the room of one that stands alone.
_THIN = 0.4
#: Letters a name may be wider than counted before it is broken.
_SLACK = 0.75
#: A line of up to so many years is as low as a few bars.
_FEW_YEARS = 6
#: Classes of the heights a chart may have, by the number of bars it has room for.
HEIGHTS = ((4, "chart-low"), (12, ""), (30, "chart-high"))


def chart_of(table: Table, font: int = 12) -> dict | None:
    """How a table is drawn in letters of a size, each point opening its list; None where there is nothing to draw."""
    places = drawn_columns(table)
    rows = _drawn_rows(table)
    if not table.chart or not any(_sum(row, places) for row in rows):
        return None
    labels = [row.label for row in rows]
    names = [table.columns[place] for place in places]
    axes = _axes(labels, upright=table.chart == "lines", percent=_is_share(table, places[0]), font=font)
    return _frame(names, font) | axes | {"series": [_series(table, place) for place in places]}


def drawn_columns(table: Table) -> list[int]:
    """The places of the columns that are drawn: numbers, else percentages, without the sum along the row."""
    places = [place for place, head in enumerate(table.columns) if not table.drawn or head in table.drawn]
    if table.total and len(places) > 1 and table.columns[places[-1]] == table.total.label:
        places.pop()
    numbers = [place for place in places if all(isinstance(row.numbers[place], Number) for row in table.rows)]
    return numbers or [place for place in places if _is_share(table, place)]


def height_of(table: Table) -> str:
    """The class of the height a table's chart needs."""
    if table.chart == "lines":
        return HEIGHTS[0][1] if len(table.rows) <= _FEW_YEARS else ""
    # The bars beside one another of a row are thinner than one that has it for itself.
    in_a_row = 1 if table.chart == "stacked" else max(1, _THIN * len(drawn_columns(table)))
    bars = len(table.rows) * in_a_row
    return next((name for most, name in HEIGHTS if bars <= most), "chart-highest")


def alternative_of(table: Table) -> str:
    """What a chart shows, in a sentence or two: what, where it is highest, and the total."""
    words = [_("Chart: %(what)s.") % {"what": table.caption}]
    places = drawn_columns(table)
    sums = [(_sum(row, places), row.label) for row in _drawn_rows(table)]
    if places and sums:
        most, label = max(sums, key=lambda pair: pair[0])
        if not most:
            return sentences([*words, _("All are zero.")])
        # Percentages and overlapping columns are not added up.
        is_sum = table.chart == "stacked" or len(places) == 1
        mark = "%" if _is_share(table, places[0]) else ""
        if is_sum:
            words.append(_("Highest: %(label)s, %(n)s.") % {"label": label, "n": number_words(most) + mark})
        if is_sum and table.total and not mark:
            words.append(_("Total: %(n)s.") % {"n": number_words(_sum(table.total, places))})
    words.append(_("The table beside it has all the figures."))
    return sentences(words)


def _drawn_rows(table: Table) -> list[Row]:
    return [row for row in table.rows if row.is_drawn]


def _sum(row: Row, places: list[int]):
    return sum((value_of(row.numbers[place]) or 0 for place in places), 0)


def _is_share(table: Table, place: int) -> bool:
    """Whether a column holds percentages, as far as it is filled."""
    cells = [row.numbers[place] for row in table.rows]
    return not any(isinstance(cell, Number) for cell in cells) and any(
        cell.share is not None for cell in cells
    )


def _series(table: Table, place: int) -> dict:
    looks = {
        "stacked": {"type": "bar", "stack": "all", "barMaxWidth": 22},
        "bars": {"type": "bar", "barMaxWidth": 16},
        "lines": {"type": "line", "symbolSize": 8},
    }
    points = [_point(row.numbers[place]) for row in _drawn_rows(table)]
    return {"name": table.columns[place], **looks[table.chart], "data": points}


def _point(cell) -> dict:
    value = value_of(cell)
    value = value if value is None or isinstance(value, int) else float(value)
    return {"value": value, "url": cell.url}


def _axes(labels: list[str], *, upright: bool, percent: bool, font: int) -> dict:
    axis = {"axisLine": {"lineStyle": {"color": LINE}}, "axisTick": {"show": False}}
    names_of_bars = {"color": INK, "fontSize": font}
    if not upright:
        # Long names are broken into lines, as long as the bars leave room for two.
        overflow = "break" if len(labels) <= _BROKEN else "truncate"
        needed = max(map(_letters_in_two_lines, labels), default=0) + _SLACK
        width = min(_WIDE if font > _LARGE else _NARROW, needed)
        names_of_bars |= {"width": math.ceil(width * font), "overflow": overflow, "interval": 0}
    by_label = axis | {"type": "category", "data": labels, "axisLabel": names_of_bars}
    by_value = {
        "type": "value",
        "minInterval": 1,
        "splitNumber": 4,
        "axisLabel": {"color": MUTED, "fontSize": font, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": LINE}},
    }
    if percent:
        by_value |= {"max": 100, "axisLabel": by_value["axisLabel"] | {"formatter": "{value}%"}}
    if upright:
        return {"xAxis": by_label, "yAxis": by_value}
    return {"xAxis": by_value, "yAxis": by_label | {"inverse": True}}


def _letters(text: str) -> float:
    """How wide a text is in Chinese characters; Latin letters are about half as wide."""
    return sum(1 if ord(character) > 0x2E7F else 0.62 for character in text)


def _letters_in_two_lines(name: str) -> float:
    """How wide a name is, broken at one of its spaces where that makes it narrower."""
    words = name.split()
    halves = [(words[:place], words[place:]) for place in range(1, len(words))]
    broken = [max(_letters(" ".join(half)) for half in pair) for pair in halves]
    return min([_letters(name), *broken])


def _frame(names: list[str], font: int) -> dict:
    """What stands around every chart: colours, legend, room for both."""
    return {
        "color": COLOURS,
        "animation": False,
        "textStyle": {"color": INK, "fontFamily": "inherit"},
        # Rich text is drawn into the picture: HTML would need inline styles, which the pages forbid.
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "renderMode": "richText"},
        "legend": {
            "data": names,
            "bottom": 0,
            "left": "center",
            "type": "plain",
            "textStyle": {"color": INK, "fontSize": font},
            "itemWidth": 14,
            "itemHeight": 10,
        },
        "grid": {
            "left": 8,
            "right": 3 * font,
            "top": 12,
            "bottom": 20 + _legend_height(names, font),
            "containLabel": True,
        },
    }


def _legend_height(names: list[str], font: int) -> int:
    """The pixels a legend of several lines takes in a narrow chart; it is never cut."""
    width = _LEGEND_WIDTH * (2 if font > _LARGE else 1)
    lines, left = 1, width
    for name in names:
        taken = _letters(name) * font + 30
        if taken > left:
            lines, left = lines + 1, width
        left -= taken
    return lines * 2 * font
