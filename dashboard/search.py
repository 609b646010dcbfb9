"""One search over sites, applications, findings, coverage and exemplary cases: only what the person may see, in groups,
each hit with what it was found by."""

from dataclasses import dataclass

from django.db.models import Case, Model, Q, Value, When
from django.urls import reverse
from django.utils.functional import Promise

from accounts.wanted import Wanted
from dashboard.cells import words_of
from dashboard.search_kinds import KINDS, Kind
from dashboard.tables import address

#: Hits shown of a group; the list has the others.
SHOWN = 5
#: As far as hits are counted: beyond it, it says “more than”.
COUNTED = 100
#: Characters of a long text shown before and after what was found in it.
_BEFORE, _AFTER = 16, 40


@dataclass(frozen=True)
class Part:
    """A piece of a text; `hit` is what was looked for."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, where it belongs, and, where the name does not show it, what it was found by."""

    url: str
    title: tuple[Part, ...]
    detail: str
    label: str | Promise = ""
    found: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `list_url` opens all of them."""

    code: str
    title: str | Promise
    count: int
    hits: tuple[Hit, ...]
    list_url: str

    @property
    def is_more(self) -> bool:
        return self.count > COUNTED

    @property
    def words(self) -> str:
        return f"{COUNTED}+" if self.is_more else str(self.count)


def search(user, wanted: Wanted) -> list[Group]:
    """The groups in which something was found; for each kind two queries, for sites three."""
    if not wanted.is_enough:
        return []
    groups = [_group(kind, user, wanted) for kind in KINDS]
    return [group for group in groups if group.count]


def _group(kind: Kind, user, wanted: Wanted) -> Group:
    rows = kind.rows(user).filter(kind.matches(wanted))
    best = rows.order_by(_rank(kind, wanted), "-pk").values_list("pk", flat=True)
    ids = list(best[: COUNTED + 1])
    return Group(
        code=kind.code,
        title=kind.label,
        count=len(ids),
        hits=tuple(_hit(kind, obj, wanted) for obj in _objects(kind, ids[:SHOWN])),
        list_url=address(kind.list_view, q=wanted.text),
    )


def _rank(kind: Kind, wanted: Wanted) -> Case:
    """The whole name or number first, then names that begin with it, then initials that do."""
    first = Q(**{f"{kind.name}__iexact": wanted.text})
    if kind.number:
        for number in wanted.numbers:
            first |= Q(**{f"{kind.number}__iexact": number})
    ranks = [When(first, then=Value(0)), When(Q(**{f"{kind.name}__istartswith": wanted.text}), then=Value(1))]
    if letters := wanted.words[0].letters:
        ranks.append(When(Q(**{f"{kind.initials}__startswith": letters}), then=Value(2)))
    return Case(*ranks, default=Value(3))


def _objects(kind: Kind, ids: list[int]) -> list[Model]:
    """The objects of these ids, in their order."""
    if not ids:
        return []
    rows = kind.model.objects.select_related(*kind.related).prefetch_related(*kind.prefetched())
    found = rows.in_bulk(ids)
    return [found[pk] for pk in ids]


def _hit(kind: Kind, obj: Model, wanted: Wanted) -> Hit:
    name, letters = kind.title(obj)
    url = reverse(kind.detail_view, args=[obj.pk])
    detail = " · ".join(words_of(each) for each in kind.detail(obj))
    place = wanted.place_in(name)
    if place is None and len(letters) == len(name):
        place = wanted.place_in_initials(letters)
    if place:
        return Hit(url, _parts(name, place), detail)
    for label, text in kind.others(obj):
        if place := wanted.place_in(text):
            return Hit(url, (Part(name),), detail, label, _excerpt(text, place))
    # Found by the initials of its site, or by words that stand apart.
    return Hit(url, (Part(name),), detail)


def _parts(text: str, place: tuple[int, int]) -> tuple[Part, ...]:
    start, end = place
    found = (Part(text[:start]), Part(text[start:end], hit=True), Part(text[end:]))
    return tuple(part for part in found if part.text)


def _excerpt(text: str, place: tuple[int, int]) -> tuple[Part, ...]:
    """What stands around a place of a text, which may be long."""
    start, end = place
    first, last = max(start - _BEFORE, 0), min(end + _AFTER, len(text))
    parts = _parts(text[first:last], (start - first, end - first))
    before = (Part("…"),) if first else ()
    return (*before, *parts, *((Part("…"),) if last < len(text) else ()))
