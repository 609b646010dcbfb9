"""Early warnings among a person's to-dos: one line a programme, read from the journal of figures."""

from django.utils.translation import ngettext

from accounts import clock
from accounts.enums import Role
from accounts.models import Unit
from accounts.scope import reached_unit_ids, units_with_role
from applications.models import Cycle
from dashboard.tables import address
from dashboard.warnings.journal import SITES
from notices.todo import Todo
from sites.tallies import counted


def waiting_for(user) -> list[Todo]:
    """How many sites there are early warnings about, for county staff, office and leaders; two queries, one more for
    each programme with limits. None for others."""
    if not units_with_role(user, (Role.UNIT_STAFF, Role.OFFICE, Role.LEADER)):
        return []
    cycles = Cycle.objects.visible_to(user).exclude(warnings={}).select_related("programme").order_by("year")
    latest = {cycle.programme_id: cycle for cycle in cycles}
    return [todo for cycle in latest.values() for todo in _of_programme(user, cycle)]


def _of_programme(user, cycle: Cycle) -> list[Todo]:
    areas = Unit.objects.areas().filter(pk__in=reached_unit_ids(user))
    sites = sum(cell.count for cell in counted(cycle.programme, areas, [SITES], clock.today()))
    if not sites:
        return []
    words = ngettext("%(n)s site with early warnings", "%(n)s sites with early warnings", sites) % {
        "n": sites
    }
    url = address("dashboard:rows", args=["warned-sites"], cycle=cycle.pk, least=1)
    return [Todo(text=words, url=url, detail=str(cycle.programme))]
