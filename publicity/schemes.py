"""What a cycle's scheme says of publicity: its media, the levels of outlets, for whom every medium is a duty."""

from dataclasses import dataclass

from accounts.names import in_language
from applications.models import Cycle

FLAGSHIPS, HOLDERS = "flagships", "holders"


@dataclass(frozen=True)
class Term:
    """A medium or a level of outlets. Of a medium, `carries` is what a piece is: pictures, text, sound, report."""

    code: str
    name: str
    name_en: str = ""
    carries: str = ""

    def __str__(self) -> str:
        return in_language({"name": self.name, "name_en": self.name_en}, "name")


@dataclass(frozen=True)
class Scheme:
    """`duty_of`: flagships, holders (of a plaque in force) or nobody; `article` is where that is written.

    `reprint_days`: within how many days the same title may be a reprint; 0 where the scheme counts every piece.
    """

    cycle: Cycle
    media: tuple[Term, ...]
    levels: tuple[Term, ...]
    duty_of: str
    article: str
    reprint_days: int

    def medium(self, code: str) -> Term | None:
        return _found(self.media, code)

    def level(self, code: str) -> Term | None:
        return _found(self.levels, code)


def scheme_of(cycle: Cycle) -> Scheme | None:
    """What the cycle's scheme says of publicity; None where it says nothing."""
    told = cycle.publicity
    if not told:
        return None
    return Scheme(
        cycle=cycle,
        media=tuple(Term(**medium) for medium in told["media"]),
        levels=tuple(Term(**level) for level in told["outlet_levels"]),
        duty_of=told["duty_of"],
        article=cycle.articles.get(told.get("article", ""), ""),
        reprint_days=told.get("reprint_days", 0),
    )


def schemes_of(programme) -> list[Scheme]:
    """The schemes of all years of a programme that speak of publicity, the earliest first; one query."""
    cycles = Cycle.objects.filter(programme=programme).order_by("year").defer("form")
    return [scheme for cycle in cycles if (scheme := scheme_of(cycle))]


def scheme_in(schemes: list[Scheme], year: int) -> Scheme | None:
    """The scheme that holds for what came out in a year: that year's, else the last before it, else the first."""
    before = [scheme for scheme in schemes if scheme.cycle.year <= year]
    return before[-1] if before else next(iter(schemes), None)


def names_of(schemes: list[Scheme]) -> tuple[dict[str, str], dict[str, str]]:
    """What codes of media and of levels are called, in all years of a programme: the last name holds."""
    media = {term.code: str(term) for scheme in schemes for term in scheme.media}
    levels = {term.code: str(term) for scheme in schemes for term in scheme.levels}
    return media, levels


def _found(terms: tuple[Term, ...], code: str) -> Term | None:
    return next((term for term in terms if term.code == code), None)
