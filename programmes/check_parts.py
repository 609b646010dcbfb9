"""What the checks of programme files share: a code named twice, one that is not known, an article that is missing.

Each yields (place, reason) as programmes.checks does.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

Findings = Iterator[tuple[tuple, str]]


def twice(rows: list[dict], place: tuple) -> Findings:
    """Rows whose code another row above them has."""
    seen = set()
    for number, row in enumerate(rows):
        if row["code"] in seen:
            words = {"key": "code", "value": row["code"]}
            yield (*place, number, "code"), _("%(key)s “%(value)s” is used twice") % words
        seen.add(row["code"])


def article(data: dict, row: dict, place: tuple) -> Findings:
    """A row that names an article the cycle does not have."""
    if "article" in row:
        yield from unknown(row["article"], data["cycle"].get("articles", {}), (*place, "article"))


def unknown(value: str, known, place: tuple) -> Findings:
    """A code that is not among those known."""
    if value not in known:
        yield place, _("“%(value)s” is not defined in this file") % {"value": value}
