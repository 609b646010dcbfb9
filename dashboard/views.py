from django.http import Http404
from django.shortcuts import render

from dashboard import inbox as desk
from dashboard.charts import stacked_bars
from dashboard.rules import may_see_overview
from dashboard.selectors import (
    Scope,
    application_table,
    chosen_cycle,
    dates,
    extended_days,
    general_deadline,
    quota_uses,
    site_tables,
    with_own_days,
)


def inbox(request):
    """The first page after signing in."""
    user = request.user
    return render(
        request,
        "dashboard/inbox.html",
        {
            "waiting": desk.waiting(user),
            "years": desk.open_years(user),
            "sheets": desk.sheets_handed_in(user),
            "pointers": desk.pointers(user),
            "unread": desk.unread_messages(user),
            "has_any_role": desk.has_any_role(user),
        },
    )


def overview(request):
    """Sites, applications, quota and dates of one cycle over what the person's roles reach."""
    if not may_see_overview(request.user):
        raise Http404
    cycle, cycles = chosen_cycle(request.user, request.GET.get("cycle", ""))
    if cycle is None:
        return render(request, "dashboard/overview.html", {"cycles": []})
    scope = Scope(request.user, cycle)
    level = next((one for one in scope.levels if str(one.pk) == request.GET.get("level")), None)
    context = _figures(scope, level) | {"cycle": cycle, "cycles": cycles, "level": level, "scope": scope}
    return render(request, "dashboard/overview.html", context)


def _figures(scope: Scope, level) -> dict:
    sites, plaques = site_tables(scope, level)
    milestones = dates(scope.cycle)
    quota_levels, uses = quota_uses(scope, general_deadline(milestones))
    applications = application_table(scope, quota_levels)
    return {
        "sites": sites,
        "plaques": plaques,
        "applications": applications,
        "dates": with_own_days(milestones, extended_days(uses), len(uses)) if len(uses) == 1 else milestones,
        "quota_levels": quota_levels,
        "uses": uses,
        "charts": {"sites": stacked_bars(sites), "applications": stacked_bars(applications)},
    }
