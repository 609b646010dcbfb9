"""How far the publicity plan is: which originals fill which line."""

from collections.abc import Iterable

from accounts import clock
from publicity.coverage_selectors import originals
from publicity.enums import PlannedState
from publicity.models import Coverage, PlannedCoverage


def with_progress(lines: Iterable[PlannedCoverage]) -> list[PlannedCoverage]:
    """Lines with what fills them: `filled_by` (entries), `done`, `missing`, `is_late`; two queries for all of them.

    A line is filled by the originals linked to it, then by those of its year, area and medium that nobody linked to
    any line: those of a site go to lines on that site first, the earliest to the line that is due first. No entry
    fills two lines.
    """
    lines = list(lines)
    years = {line.cycle for line in lines}
    areas = {line.area_id for line in lines}
    competing = PlannedCoverage.objects.filter(
        cycle__in=years, area__in=areas, state=PlannedState.PLANNED
    ).select_related("cycle")
    filled = _filled(list(competing), _entries(years, areas))
    for line in lines:
        _tell(line, filled.get(line.pk, []))
    return lines


def _entries(cycles, areas) -> list[Coverage]:
    years = {cycle.year for cycle in cycles}
    programmes = {cycle.programme_id for cycle in cycles}
    rows = originals().filter(programme__in=programmes, area__in=areas, published_on__year__in=years)
    rows = rows.only(
        "id", "programme_id", "area_id", "site_id", "planned_id", "medium", "published_on", "title", "outlet"
    )
    return list(rows.order_by("published_on", "pk"))


def _filled(lines: list[PlannedCoverage], entries: list[Coverage]) -> dict[int, list[Coverage]]:
    found: dict[int, list[Coverage]] = {line.pk: [] for line in lines}
    free: dict[tuple, list[Coverage]] = {}
    for entry in entries:
        if entry.planned_id in found:
            found[entry.planned_id].append(entry)
        elif entry.planned_id is None:
            free.setdefault(_key(entry.programme_id, entry.area_id, entry.medium, entry), []).append(entry)
    # Lines on a site first: only coverage of that site fills them.
    for line in sorted(lines, key=lambda line: (line.site_id is None, line.due_on, line.pk)):
        key = (line.cycle.programme_id, line.area_id, line.medium, line.cycle.year)
        waiting = free.get(key, [])
        for entry in [entry for entry in waiting if line.site_id in (None, entry.site_id)]:
            if len(found[line.pk]) >= line.wanted:
                break
            found[line.pk].append(entry)
            waiting.remove(entry)
    return found


def _key(programme_id: int, area_id: int, medium: str, entry: Coverage) -> tuple:
    return (programme_id, area_id, medium, entry.published_on.year)


def _tell(line: PlannedCoverage, entries: list[Coverage]) -> None:
    line.filled_by = entries
    line.done = len(entries)
    line.missing = max(0, line.wanted - line.done) if line.state == PlannedState.PLANNED else 0
    line.is_late = line.missing > 0 and line.due_on < clock.today()
