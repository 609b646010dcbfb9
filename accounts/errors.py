"""How the system says no: a reason a clerk can act on, with the place where the rule is written."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Reason:
    """Why something may not be done now.

    `article` is where the rule is written, `remedy` what would change the answer, `earliest` the first day on
    which time alone makes this reason go away (None: time does not help).
    """

    text: str
    article: str = ""
    remedy: str = ""
    earliest: datetime.date | None = None

    def __str__(self) -> str:
        parts = [str(self.text)]
        if self.article:
            parts.append(_("(Rule: %(article)s)") % {"article": self.article})
        if self.remedy:
            parts.append(str(self.remedy))
        return " ".join(parts)


class DomainError(Exception):
    """A rule of the programme or of good order forbids this; `reason` says which and what would help."""

    def __init__(self, reason: Reason | str):
        self.reason = reason if isinstance(reason, Reason) else Reason(text=reason)
        super().__init__(str(self.reason))


class StaleForm(DomainError):
    """Somebody (perhaps the same person in a second tab) saved in between."""


def require(reason: Reason | None) -> None:
    """Raise DomainError when a rule gave a reason; do nothing when it gave None."""
    if reason is not None:
        raise DomainError(reason)
