"""What checked tables bring into the register, written many entries at once."""

from collections.abc import Iterator

from accounts.models import Unit
from accounts.services import record
from publicity.enums import CoverageState
from publicity.models import Coverage
from publicity.sameness import link_key
from publicity.services.counting import keep_count
from publicity.services.coverage import hold_register
from publicity.services.links import UNSEEN_LINK
from sites.models import Programme
from sites.services.imported import BATCH, changed_meanwhile, unless_changed


def write_coverage(
    *, actor, programme: Programme, new: list[Coverage], changed: list[Coverage], fields: tuple[str, ...]
) -> None:
    """Record new entries, reprints among them, and write these fields of entries as they were read.

    Runs in the caller's transaction. Raises DomainError where somebody changed one of the entries since.
    """
    hold_register(programme)
    with unless_changed():
        for rows in _originals_first(new):
            Coverage.objects.bulk_create(rows, batch_size=BATCH)
        areas = Unit.objects.in_bulk({entry.area_id for entry in changed})
        for entry in changed:
            _write_changed(entry, fields)
            record(action="coverage.change", actor=actor, obj=entry, unit=areas[entry.area_id])
    keep_count([*new, *changed])


def _write_changed(entry: Coverage, fields: tuple[str, ...]) -> None:
    values = {name: getattr(entry, name) for name in fields}
    key = link_key(entry.url)
    if key != entry.link_key:
        values |= {"link_key": key, **UNSEEN_LINK}
    rows = Coverage.objects.filter(pk=entry.pk, revision=entry.revision, state=CoverageState.RECORDED)
    if not rows.update(**values, revision=entry.revision + 1):
        raise changed_meanwhile()


def _originals_first(entries: list[Coverage]) -> Iterator[list[Coverage]]:
    """Reprints point to an original that has a key by then."""
    yield [entry for entry in entries if entry.same_as is None]
    reprints = [entry for entry in entries if entry.same_as is not None]
    for entry in reprints:
        entry.same_as = entry.same_as  # takes over the key the original has got meanwhile
    yield reprints
