"""Options for the charts (ECharts). The table beside each chart says the same in figures."""

from dashboard.tables import Table

#: Told apart by lightness as well as by hue; the first is the red of the pages.
COLOURS = ["#9b2226", "#1f5684", "#c58a2b", "#5f7f6a", "#8a6f9e", "#4a4f55", "#c9796b", "#8fb3cf"]
INK, MUTED, LINE = "#22262b", "#5b636b", "#dedbd4"


def stacked_bars(table: Table) -> dict:
    """Rows as bars, columns (but for the last, their sum) as stacked parts, each opening its list."""
    parts = table.columns[:-1]
    return _frame(list(parts), [row.label for row in table.rows]) | {
        "series": [
            {
                "name": part,
                "type": "bar",
                "stack": "all",
                "barMaxWidth": 22,
                "data": [_part(row.numbers[place]) for row in table.rows],
            }
            for place, part in enumerate(parts)
        ]
    }


def _part(number) -> dict:
    return {"value": number.count, "url": number.url}


def _frame(parts: list[str], bars: list[str]) -> dict:
    axis = {"axisLine": {"lineStyle": {"color": LINE}}, "axisTick": {"show": False}}
    return {
        "color": COLOURS,
        "animation": False,
        "textStyle": {"color": INK, "fontFamily": "inherit"},
        # Rich text is drawn into the picture: HTML would need inline styles, which the pages forbid.
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "renderMode": "richText"},
        "legend": {
            "data": parts,
            "bottom": 0,
            "textStyle": {"color": INK},
            "itemWidth": 14,
            "itemHeight": 10,
        },
        "grid": {"left": 8, "right": 20, "top": 8, "bottom": 44, "containLabel": True},
        "xAxis": {
            "type": "value",
            "minInterval": 1,
            "axisLabel": {"color": MUTED},
            "splitLine": {"lineStyle": {"color": LINE}},
        },
        "yAxis": axis | {"type": "category", "inverse": True, "data": bars, "axisLabel": {"color": INK}},
    }
