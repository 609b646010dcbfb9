"""Writing the register of coverage: record, change, say what is a reprint, take back."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason, StaleForm, require
from accounts.names import initials
from accounts.services import record
from accounts.uploads import checked_content_type
from publicity.coverage_rules import (
    FILES,
    link_taken,
    why_not_change,
    why_not_keep_coverage,
    why_not_piece,
)
from publicity.coverage_selectors import likely_original, same_link
from publicity.enums import CoverageAction, CoverageState
from publicity.models import Coverage
from publicity.pieces import Piece
from publicity.sameness import fingerprint, link_key
from publicity.schemes import Scheme, scheme_in, schemes_of
from publicity.services.counting import keep_count, sites_held
from publicity.services.links import UNSEEN_LINK, fetch_soon
from publicity.services.staircase import transition
from sites.models import Programme

_FIELDS = (
    *("medium", "outlet_level", "outlet", "published_on", "title", "place", "url"),
    *("site", "case", "planned"),
)


class LikelyReprint(DomainError):
    """The same title came out before: whoever records has to say whether it is a reprint of `original`."""

    def __init__(self, original: Coverage):
        self.original = original
        super().__init__(
            Reason(
                text=_("“%(title)s” is in the register already, from %(outlet)s.")
                % {"title": original.title, "outlet": original.outlet},
                remedy=_("Say whether this is a reprint of it: reprints are kept and not counted again."),
            )
        )


class LinkTaken(DomainError):
    """The link is in the register already, with the entry `earlier`."""

    def __init__(self, earlier: Coverage, area):
        self.earlier = earlier
        super().__init__(link_taken(earlier, area))


@transaction.atomic
def record_coverage(
    *, actor, programme: Programme, area, piece: Piece, file=None, is_reprint: bool | None = None
) -> Coverage:
    """Write a piece into the register of an area.

    Args:
        file: an upload of a kind that fits the medium, or None.
        is_reprint: what was answered where the same title came out before; None: nobody was asked yet.

    Raises LikelyReprint where that has to be asked, LinkTaken for a page that is in the register already, DomainError
    for a piece that cannot stand in it.
    """
    require(why_not_keep_coverage(actor, area, programme))
    hold_register(programme)
    piece = _with_site_held(piece)
    scheme = scheme_in(schemes_of(programme), piece.published_on.year)
    require(why_not_piece(piece, area, scheme, has_file=bool(file)))
    entry = Coverage(programme=programme, area=area, recorded_by=actor, recorded_at=clock.now())
    _put(entry, piece)
    _answer_reprint(entry, scheme, is_reprint)
    _put_file(entry, scheme, file)
    _save(entry)
    keep_count([entry])
    record(action="coverage.record", actor=actor, obj=entry, unit=area)
    fetch_soon(entry)
    return entry


@transaction.atomic
def change_coverage(
    *,
    actor,
    coverage: Coverage,
    revision: int,
    piece: Piece,
    file=None,
    is_reprint: bool | None = None,
) -> Coverage:
    """Change an entry; `revision` is the one the person saw. A new file takes the place of the one before.

    Raises StaleForm when somebody changed it since, LikelyReprint, LinkTaken and DomainError as `record_coverage`.
    """
    hold_register(coverage.programme)
    entry = _lock(coverage)
    require(why_not_change(actor, entry))
    if entry.revision != revision:
        raise StaleForm(
            Reason(
                text=_("Somebody changed this entry while you were writing."),
                remedy=_("Compare with what is in the register now; what you wrote is still in the form."),
            )
        )
    piece = _with_site_held(piece, entry.site_id)
    scheme = scheme_in(schemes_of(entry.programme), piece.published_on.year)
    has_file = bool(file or entry.file)
    require(why_not_piece(piece, entry.area, scheme, has_file=has_file, site_before=entry.site_id))
    title, url = entry.fingerprint, entry.url
    _put(entry, piece)
    if entry.fingerprint != title:
        entry.is_own_article = False
        if entry.same_as_id is None and not entry.reprints.exists():
            _answer_reprint(entry, scheme, is_reprint)
    if entry.url != url:
        for name, value in UNSEEN_LINK.items():
            setattr(entry, name, value)
    _put_file(entry, scheme, file)
    entry.revision += 1
    _save(entry)
    keep_count([entry])
    record(action="coverage.change", actor=actor, obj=entry, unit=entry.area)
    fetch_soon(entry)
    return entry


@transaction.atomic
def decide_reprint(*, actor, coverage: Coverage, original: Coverage | None) -> Coverage:
    """Say that an entry is a reprint of another, or (None) an article of its own, whatever was said before.

    Raises DomainError for an original that is not on record or is the entry itself.
    """
    hold_register(coverage.programme)
    entry = _lock(coverage)
    require(why_not_change(actor, entry))
    if original is None:
        entry.same_as, entry.is_own_article = None, True
        moved = []
    else:
        entry.same_as = _first_of(original, entry)
        entry.is_own_article = False
        # Reprints of reprints point to the original.
        moved = list(entry.reprints.select_for_update(of=("self",)).select_related("area"))
        _point_to(actor, moved, entry.same_as)
    entry.revision += 1
    entry.save(update_fields=["same_as", "is_own_article", "revision"])
    keep_count([entry])
    record(action="coverage.same", actor=actor, obj=entry, unit=entry.area, reprint=original is not None)
    return entry


@transaction.atomic
def withdraw_coverage(*, actor, coverage: Coverage, reason: str) -> Coverage:
    """Take an entry back, with the reason; of an original that had reprints the earliest takes its place."""
    hold_register(coverage.programme)
    entry = _lock(coverage)
    transition(obj=entry, action=CoverageAction.WITHDRAW, actor=actor, reason=reason)
    keep_count([entry, *_move_up(actor, entry)])
    return entry


def hold_register(programme: Programme) -> None:
    """One at a time writes into the register of a programme: two who record one article at once see each other."""
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)


def _with_site_held(piece: Piece, site_before: int | None = None) -> Piece:
    """The piece with its site as it stands: it may have moved since it was chosen. The one the entry had is held with
    it."""
    sites = sites_held([piece.site and piece.site.pk, site_before])
    return replace(piece, site=sites[piece.site.pk]) if piece.site else piece


def _move_up(actor, entry: Coverage) -> list[Coverage]:
    rows = entry.reprints.filter(state=CoverageState.RECORDED).select_related("site", "area")
    reprints = list(rows.order_by("published_on", "pk"))
    if not reprints:
        return []
    first, *others = reprints
    _point_to(actor, [first], None)
    _point_to(actor, others, first)
    return [first]


def _point_to(actor, reprints: list[Coverage], original: Coverage | None) -> None:
    """Let reprints follow what became of their original; each is changed by it, and says so."""
    Coverage.objects.filter(pk__in=[each.pk for each in reprints]).update(same_as=original)
    for each in reprints:
        each.same_as = original
        record(action="coverage.same", actor=actor, obj=each, unit=each.area, reprint=original is not None)


def _lock(coverage: Coverage) -> Coverage:
    rows = Coverage.objects.select_for_update(of=("self",))
    return rows.select_related("programme__owner", "area", "site").get(pk=coverage.pk)


def _put(entry: Coverage, piece: Piece) -> None:
    for name in _FIELDS:
        setattr(entry, name, getattr(piece, name))
    entry.initials = initials(entry.title)
    entry.fingerprint = fingerprint(entry.title)
    entry.link_key = link_key(entry.url)
    if earlier := same_link(entry):
        raise LinkTaken(earlier, entry.area)


def _answer_reprint(entry: Coverage, scheme: Scheme, is_reprint: bool | None) -> None:
    original = likely_original(entry, scheme.reprint_days)
    if original is None:
        return
    if is_reprint is None:
        raise LikelyReprint(original)
    entry.same_as = original if is_reprint else None
    entry.is_own_article = not is_reprint


def _first_of(original: Coverage, entry: Coverage) -> Coverage:
    found = Coverage.objects.filter(programme=entry.programme_id, state=CoverageState.RECORDED)
    found = found.filter(pk=original.same_as_id or original.pk).first()
    if found is None or found.pk == entry.pk:
        raise DomainError(
            Reason(
                text=_("This entry cannot be the original."),
                remedy=_("Choose an entry on record that came out elsewhere."),
            )
        )
    return found


def _put_file(entry: Coverage, scheme: Scheme, file) -> None:
    if file:
        checked_content_type(file, FILES[scheme.medium(entry.medium).carries])
        entry.file, entry.file_name = file, file.name[:200]


def _save(entry: Coverage) -> None:
    try:
        with transaction.atomic():
            entry.save()
    except IntegrityError as error:
        # Past the lock only by rows written otherwise: the database has the last word.
        earlier = same_link(entry)
        if earlier is None:
            raise
        raise LinkTaken(earlier, entry.area) from error
