"""What the record of a visit says: checked against the cycle's checklist, and as one canonical hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.names import in_language
from applications.models import Cycle
from sites.models import Site

YES_NO = ("yes", "no", "na")
#: Characters of an answer in words, and of the note beside any answer.
LONGEST_ANSWER, LONGEST_NOTE = 1000, 500
LARGEST_NUMBER = Decimal(10) ** 12


def checklists_for(cycle: Cycle, site: Site | None) -> list[dict]:
    """The cycle's checklists for a visit to this site, or (None) to a unit, in the order of the programme file."""
    kind = "unit" if site is None else "site"
    return [
        checklist
        for checklist in cycle.supervision.get("checklists", [])
        if checklist["for"] == kind
        and (site is None or "categories" not in checklist or site.category.code in checklist["categories"])
    ]


def chosen_checklist(cycle: Cycle, site: Site | None, code: str) -> dict:
    """The checklist with this code, empty when none was used. Raises DomainError when the cycle has no such list."""
    if not code:
        return {}
    for checklist in checklists_for(cycle, site):
        if checklist["code"] == code:
            return checklist
    raise DomainError(
        Reason(
            text=_("The checklist of this visit is not one of the year %(year)s.") % {"year": cycle.year},
            remedy=_("Renew the data kept on the device and choose the checklist again."),
        )
    )


def checked_answers(checklist: Mapping, answers: Mapping) -> dict[str, dict[str, str]]:
    """The answers by item code as {"answer", "note"}, white space trimmed, items without either left out.

    An item may stay open. Raises DomainError, naming the item, for one the list does not have and for an answer that
    is not of its kind.
    """
    items = {item["code"]: item for item in checklist.get("items", [])}
    kept = {}
    for code in sorted(answers):
        if code not in items:
            raise _unfit(str(code))
        row = answers[code] if isinstance(answers[code], Mapping) else {"answer": answers[code]}
        answer, note = (str(row.get(key) or "").strip() for key in ("answer", "note"))
        too_long = len(answer) > LONGEST_ANSWER or len(note) > LONGEST_NOTE
        unfit = too_long or (answer and not _fits(items[code], answer))
        if unfit or "\x00" in answer + note:
            raise _unfit(in_language(items[code], "text"))
        if answer or note:
            kept[code] = {"answer": answer, "note": note}
    return kept


def _fits(item: Mapping, answer: str) -> bool:
    if item["kind"] == "yes_no":
        return answer in YES_NO
    if item["kind"] == "choice":
        return answer in item.get("choices", [])
    if item["kind"] == "number":
        return _is_count(answer)
    return True


def _is_count(answer: str) -> bool:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return False
    return number.is_finite() and 0 <= number < LARGEST_NUMBER


def _unfit(item: str) -> DomainError:
    return DomainError(Reason(text=_("This answer does not fit the checklist: %(item)s") % {"item": item}))


def record_hash(record: Mapping) -> str:
    """SHA-256 (hex) of a record; two that say the same have the same, in whatever order their parts came."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def part(rows: Iterable[Mapping], *keys: str) -> list[list[str]]:
    """The named parts of photos or findings as text, to be hashed."""
    return [["" if row.get(key) is None else str(row[key]) for key in keys] for row in rows]
