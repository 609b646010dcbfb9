"""The form of an annual review as the cycle's programme file lays it out: its fields, and what stands in them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.names import in_language
from accounts.words import lazy_day
from applications.models import Cycle
from assessments.models import Review
from assessments.reviewing.days import day_of

#: The longest text of a field that does not say it.
MOST_CHARS = {"text": 200, "longtext": 1000, "number": 20}


@dataclass(frozen=True)
class Filled:
    """One field with what stands in it. `source` says in words from where a value was known; empty: typed."""

    code: str
    label: str
    kind: str
    value: str
    source: str
    is_changed: bool
    known: str = ""


def sections_of(cycle: Cycle) -> list[dict]:
    """The sections of the cycle's review form (programmes/schema.json, review_form)."""
    return cycle.review.get("form", {}).get("sections", [])


def fields_of(cycle: Cycle) -> list[dict]:
    return [field for section in sections_of(cycle) for field in section["fields"]]


def values_of(review: Review) -> dict[str, str]:
    """What the form says now, by code: what the county typed, else what was known."""
    return {field["code"]: value_of(review, field["code"]) for field in fields_of(review.cycle)}


def value_of(review: Review, code: str) -> str:
    if code in review.data:
        return review.data[code]
    return review.prefill.get(code, {}).get("value", "")


def missing_fields(review: Review) -> list[str]:
    """The labels of required fields in which nothing stands."""
    return [
        in_language(field, "label")
        for field in fields_of(review.cycle)
        if field.get("required") and not value_of(review, field["code"]).strip()
    ]


def filled_sections(review: Review) -> list[tuple[str, list[Filled]]]:
    """The form as it is read: (title, fields) section by section."""
    return [
        (in_language(section, "title"), [filled(review, field) for field in section["fields"]])
        for section in sections_of(review.cycle)
    ]


def filled(review: Review, field: dict) -> Filled:
    code = field["code"]
    known = review.prefill.get(code)
    return Filled(
        code=code,
        label=in_language(field, "label"),
        kind=field["kind"],
        value=value_of(review, code),
        source=source_words(review.cycle, known) if known else "",
        is_changed=code in review.data and known is not None,
        known=known["value"] if known else "",
    )


def share_known(review: Review) -> tuple[int, int]:
    """How many fields were known when the form was opened, of how many."""
    codes = [field["code"] for field in fields_of(review.cycle)]
    return sum(code in review.prefill for code in codes), len(codes)


def source_words(cycle: Cycle, known: dict) -> str:
    """Where a prefilled value comes from and of when it is, e.g. “Figures of the site, 2016”."""
    kind, _colon, _name = known["source"].partition(":")
    words = {
        "figure": _("Figures of the site"),
        "application": _("Application form"),
        "last_review": _("Last review"),
        "activities": _("Ledger of activities"),
        "plaques": _("Plaque ledger"),
    }.get(kind, _("Record of the site"))
    if since := known.get("since"):
        words = _("%(source)s since %(day)s") % {"source": words, "day": lazy_day(day_of(since))}
    return _("%(source)s, %(day)s") % {"source": words, "day": _when(known["as_of"])}


def _when(as_of: str):
    """A day in words; a mere year as it is."""
    return as_of if len(as_of) == 4 else lazy_day(day_of(as_of))
