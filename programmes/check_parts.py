"""What the checks of programme files share: a code named twice or not known, an article that is missing, a pattern.

Each yields (place, reason) as programmes.checks does.
"""

import string
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.words import lazy_list

Findings = Iterator[tuple[tuple, str]]


def twice(rows: list[dict], place: tuple, key: str = "code") -> Findings:
    """Rows that repeat a value which must be unique; the second and later ones are named."""
    seen = set()
    for number, row in enumerate(rows):
        if row[key] in seen:
            yield (*place, number, key), used_twice(row[key], key)
        seen.add(row[key])


def used_twice(value, key: str = "code") -> str:
    return _("%(key)s “%(value)s” is used twice") % {"key": key, "value": value}


def article(data: dict, row: dict, place: tuple) -> Findings:
    """A row that names an article the cycle does not have."""
    if "article" in row:
        yield from unknown(row["article"], data["cycle"].get("articles", {}), (*place, "article"))


def unknown(value: str, known, place: tuple) -> Findings:
    """A code that is not among those known."""
    if value not in known:
        yield place, _("“%(value)s” is not defined in this file") % {"value": value}


def pattern(text: str, possible: set[str], needed: set[str], place: tuple) -> Findings:
    """Names in braces that are not among those possible, and needed ones that are not there."""
    try:
        names = {name for _text, name, _spec, _how in string.Formatter().parse(text) if name is not None}
    except ValueError:
        yield place, _("a bracket { or } is left open")
        return
    for name in sorted(names - possible):
        words = {"name": name, "known": lazy_list([f"{{{known}}}" for known in sorted(possible)])}
        yield place, _("{%(name)s} is not known; possible are %(known)s") % words
    for name in sorted(needed - names):
        yield place, _("{%(name)s} is missing") % {"name": name}
