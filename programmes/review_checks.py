"""What a schema cannot say of the annual review in a programme file: names that must be known, patterns.

Yields (place, reason) as programmes.checks does.
"""

from programmes.check_parts import Findings, article, pattern, twice, unknown, used_twice


def review_contradictions(data: dict) -> Findings:
    """Everything in the review of a file of the right shape that makes no sense together."""
    review, place = data["cycle"].get("review"), ("cycle", "review")
    if review is None:
        return
    levels = {level["code"] for level in data["levels"]}
    for number, code in enumerate(review["levels"]):
        yield from unknown(code, levels, (*place, "levels", number))
    yield from article(data, review, place)
    if "letter" in review:
        letter, at = review["letter"], (*place, "letter")
        yield from pattern(letter["number"], {"year", "number"}, {"number"}, (*at, "number"))
        yield from pattern(letter["addressee"], {"area"}, set(), (*at, "addressee"))
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
    yield from twice(form["sections"], (*place, "sections"))
    seen: set[str] = set()
    for field, at in rows:
        if field["code"] in seen:
            yield (*at, "code"), used_twice(field["code"])
        seen.add(field["code"])
        source = field.get("source", [])
        for named in [source] if isinstance(source, str) else source:
            kind, _colon, name = named.partition(":")
            if kind in known:
                yield from unknown(name, known[kind], (*at, "source"))
