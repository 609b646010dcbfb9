"""What a schema cannot say of the annual review in a programme file: names that must be known, patterns.

Yields (place, reason) as programmes.checks does.
"""

import string
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.words import lazy_list

Findings = Iterator[tuple[tuple, str]]


def review_contradictions(data: dict) -> Findings:
    """Everything in the review of a file of the right shape that makes no sense together."""
    review, place = data["cycle"].get("review"), ("cycle", "review")
    if review is None:
        return
    levels = {level["code"] for level in data["levels"]}
    for number, code in enumerate(review["levels"]):
        yield from _unknown(code, levels, (*place, "levels", number))
    if "article" in review:
        yield from _unknown(review["article"], data["cycle"].get("articles", {}), (*place, "article"))
    if "letter" in review:
        letter, at = review["letter"], (*place, "letter")
        yield from _pattern(letter["number"], {"year", "number"}, {"number"}, (*at, "number"))
        yield from _pattern(letter["addressee"], {"area"}, set(), (*at, "addressee"))
    if "form" in review:
        yield from _form(data, review["form"], (*place, "form"))


def _form(data: dict, form: dict, place: tuple) -> Findings:
    rows = [
        (field, (*place, "sections", number, "fields", position))
        for number, section in enumerate(form["sections"])
        for position, field in enumerate(section["fields"])
    ]
    known = {
        "figure": {figure["code"] for figure in data["programme"].get("figures", [])},
        "application": {
            field["code"] for section in data["cycle"]["form"]["sections"] for field in section["fields"]
        },
        "last_review": {field["code"] for field, _at in rows},
    }
    seen: set[str] = set()
    sections: set[str] = set()
    for number, section in enumerate(form["sections"]):
        if section["code"] in sections:
            yield (*place, "sections", number, "code"), _twice(section["code"])
        sections.add(section["code"])
    for field, at in rows:
        if field["code"] in seen:
            yield (*at, "code"), _twice(field["code"])
        seen.add(field["code"])
        source = field.get("source", [])
        for named in [source] if isinstance(source, str) else source:
            kind, _colon, name = named.partition(":")
            if kind in known:
                yield from _unknown(name, known[kind], (*at, "source"))


def _pattern(pattern: str, possible: set[str], needed: set[str], place: tuple) -> Findings:
    try:
        names = {name for _text, name, _spec, _how in string.Formatter().parse(pattern) if name is not None}
    except ValueError:
        yield place, _("a bracket { or } is left open")
        return
    for name in sorted(names - possible):
        words = {"name": name, "known": lazy_list([f"{{{known}}}" for known in sorted(possible)])}
        yield place, _("{%(name)s} is not known; possible are %(known)s") % words
    for name in sorted(needed - names):
        yield place, _("{%(name)s} is missing") % {"name": name}


def _unknown(value: str, known, place: tuple) -> Findings:
    if value not in known:
        yield place, _("“%(value)s” is not defined in this file") % {"value": value}


def _twice(value: str) -> str:
    return _("%(key)s “%(value)s” is used twice") % {"key": "code", "value": value}
