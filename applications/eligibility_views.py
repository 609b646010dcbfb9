"""Who may apply for what, this year and the next: the city's table for the office, its own sites for a county."""

import datetime
from collections.abc import Iterable, Iterator

from django.http import Http404
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock
from accounts.forms import DayForm
from accounts.lists import download, listing
from accounts.services import record
from accounts.words import lazy_list
from applications.eligibility import Eligibility
from applications.eligibility_filter import EligibilityFilter
from applications.eligibility_table import EligibilityTable
from applications.enums import CycleState
from applications.models import Cycle
from applications.selectors import present_cycle
from sites.models import Site
from sites.selectors import programmes_read_by

ORDERINGS = {
    "site": ("initials", "name"),
    "category": ("category__order", "initials"),
    "area": ("area_id", "initials"),
}


def eligibility_table(request):
    """All sites a person may see and each level: may apply, or why not, and from when it could."""
    read, cycle = programmes_read_by(request.user), present_cycle(request.user)
    if not read or (cycle and cycle.programme not in read):
        raise Http404
    if cycle is None:
        return render(request, "applications/no_cycle.html")
    is_next = request.GET.get("year") == "next"
    listed = listing(
        request,
        Site.objects.visible_to(request.user).filter(programme=cycle.programme),
        filterset=EligibilityFilter,
        orderings=ORDERINGS,
        exportable=True,
        rows_of=lambda sites, filtered: _table_of(cycle, is_next, sites, filtered),
    )
    table = listed.page.paginator.object_list
    year = cycle.year + is_next
    if request.GET.get("export") == "xlsx":
        record(action="eligibility.export", actor=request.user, obj=cycle)
        title = _("Who may apply %(year)s (%(day)s)") % {"year": year, "day": table.on.isoformat()}
        return download(headers=headers(), rows=cells(table.everything()), title=title)
    context = {
        "listing": listed,
        "years": [(cycle.year, "", not is_next), (cycle.year + 1, "next", is_next)],
        "year": year,
        "assumed": table.assume_next,
        "prepared": table.cycle.state == CycleState.PREPARED,
        "on": table.on,
        "what_if": table.on != clock.today(),
    }
    return render(request, "applications/eligibility.html", context)


def _table_of(cycle: Cycle, is_next: bool, sites, filtered: EligibilityFilter) -> EligibilityTable:
    """The table of the cycle or the next one; while that is not there yet, as if its rules were those of this one."""
    later = Cycle.objects.filter(programme=cycle.programme, year=cycle.year + 1).first() if is_next else None
    return EligibilityTable(
        sites,
        later or cycle,
        on=filtered.chosen("on") or first_day(cycle.year + is_next),
        assume_next=is_next and later is None,
        level=filtered.chosen("level"),
        kind=filtered.chosen("answer") or "",
        why=filtered.chosen("why") or "",
    )


def day_asked(request) -> datetime.date:
    """The day ?on= asks about on a site's page, else today."""
    form = DayForm({"day": request.GET.get("on")})
    return form.cleaned_data["day"] if form.is_valid() else clock.today()


def first_day(year: int) -> datetime.date:
    """The day the table is asked about where nobody chose one: today, for a year to come its first day."""
    return max(clock.today(), datetime.date(year, 1, 1))


def headers() -> list[str]:
    return [
        _("Site"),
        _("Category"),
        _("County or park"),
        _("Level"),
        _("Can apply?"),
        _("Reasons"),
        _("Possible from"),
    ]


def cells(rows: Iterable[Eligibility]) -> Iterator[list[str]]:
    """The rows of the page as cells of the workbook."""
    for row in rows:
        yield [
            row.site.name,
            str(row.site.category),
            str(row.site.area),
            str(row.rule.level),
            _("may apply") if row.ok else _("not now"),
            str(lazy_list([kind.label for kind in row.kinds])),
            date_format(row.earliest, "SHORT_DATE_FORMAT") if row.earliest else "",
        ]
