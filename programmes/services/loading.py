"""Load a checked programme file: missing rows are written, differing ones brought up to date, and whatever
applications already rest on is refused, so that a later change never alters an earlier filing.

Here is the whole of a load and its order; what belongs to one part of the file stands in the module named after it.
"""

import chinese_calendar
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from accounts.rules import may_administer
from accounts.services import record
from applications.enums import CycleState
from applications.models import Cycle, QuotaPlace
from applications.services import make_places, open_cycle
from notices.services import seed_calendar
from programmes.files import ProgrammeFile, read
from programmes.services.cycle import put_cycle
from programmes.services.desk import Desk, LoadReport
from programmes.services.evaluation import put_evaluation
from programmes.services.former_days import days_of, keep_former_days
from programmes.services.groups import put_groups
from programmes.services.programme import put_programme, put_units
from programmes.services.task_list import put_tasks


class ProgrammeFrozen(DomainError):
    """The file would alter what applications were already filed, scored or printed under."""

    def __init__(self, file: ProgrammeFile, refusals: list[str]):
        head = _("%(file)s was not loaded; this cannot be changed any more:") % {"file": file.path.name}
        super().__init__(
            Reason(
                text="\n".join([head, *refusals]),
                remedy=_(
                    "What applications rest on stays. Write the change into the file of a later year; a "
                    "level or category that comes to mean something else gets a new code."
                ),
            )
        )


def load(path, actor=None) -> LoadReport:
    """Read, check and load a programme file, whole or not at all; a second load writes nothing.

    `actor` is None (the installation itself) or a system administrator. Raises ProgrammeFileError for a bad
    file, ProgrammeFrozen for one that would alter a year in which applications were begun.
    """
    return load_file(read(path), actor=actor)


@transaction.atomic
def load_file(file: ProgrammeFile, actor=None) -> LoadReport:
    """Load a file that `programmes.files.read` has checked; see `load`.

    Where a later year of the programme is already there, that year has the say in what all years share
    (units, levels, categories, groups): the earlier file only adds what is missing.
    """
    if actor is not None and not may_administer(actor):
        raise DomainError(Reason(text=_("Only a system administrator may load a programme file.")))
    desk, data = Desk(), file.data
    keep = Cycle.objects.filter(
        programme__code=data["programme"]["code"], year__gt=data["cycle"]["year"]
    ).exists()
    units = put_units(desk, data["units"], keep)
    programme = put_programme(desk, data, units, keep)
    days = days_of(Cycle.objects.filter(programme=programme, year=data["cycle"]["year"]).first())
    cycle = put_cycle(desk, data["cycle"], programme)
    put_tasks(desk, data["cycle"].get("tasks", []), cycle, units)
    put_evaluation(desk, data["cycle"].get("evaluation"), cycle, units, keep)
    if not keep:
        put_groups(desk, data, programme, units)
    if desk.refusals:
        raise ProgrammeFrozen(file, desk.refusals)
    keep_former_days(cycle, days)
    _lay_places(desk, cycle)
    desk.report.created["calendarday"] += seed_calendar(years=_known_years(cycle.year))
    _open(desk, cycle)
    if desk.report.wrote:
        counts = {"created": dict(+desk.report.created), "changed": dict(+desk.report.changed)}
        record(action="programme.load", actor=actor, obj=programme, unit=programme.owner, **counts)
    return desk.report


def _lay_places(desk: Desk, cycle: Cycle) -> None:
    """Lay out the quota places; a quota lowered before anybody began takes its surplus places away."""
    for rule in cycle.level_rules.all():
        surplus = QuotaPlace.objects.filter(cycle=cycle, level=rule.level, is_extra=False, application=None)
        desk.prune(surplus.filter(ordinal__gt=rule.quota or 0), locked=False)
    desk.report.created["quotaplace"] += make_places(cycle=cycle)


def _open(desk: Desk, cycle: Cycle) -> None:
    """Open a new cycle whose approval is known; without one it waits, prepared."""
    if cycle.state == CycleState.PREPARED and cycle.approval_basis:
        open_cycle(actor=None, cycle=cycle)
        desk.count(cycle, changed=True)


def _known_years(year: int) -> list[int]:
    """The years around a cycle of which the working calendar is published."""
    known = {day.year for day in chinese_calendar.holidays}
    return [near for near in range(year - 2, year + 3) if near in known]
