"""The year's rehearsal on the web: every reminder of a cycle, day by day, to whom and why."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.lists import download, listing
from accounts.services import record
from accounts.web import tell
from applications.models import Cycle
from notices.models import Reminder
from notices.reminding.words import stage_words
from programmes.rehearsal_list import RehearsalFilter, cells, headers
from programmes.rules import runs_any
from programmes.selectors import kept_rehearsal, rehearsable_cycles
from programmes.services.rehearsing import order_rehearsal


@require_safe
def rehearsal(request):
    """The rehearsal worked out last; ?cycle= chooses the year where there are several."""
    asked = request.GET.get("cycle", "")
    cycles = rehearsable_cycles(request.user)
    if not cycles and not asked and runs_any(request.user):
        return render(request, "applications/no_cycle.html")
    cycle = _chosen(cycles, asked)
    kept = kept_rehearsal(cycle)
    chosen = []

    def rows_of(_rows, filtered: RehearsalFilter):
        chosen.extend(filtered.chosen(kept.entries))
        return chosen

    listed = listing(
        request,
        Reminder.objects.none(),
        filterset=RehearsalFilter,
        orderings={},
        exportable=kept.job is not None,
        rows_of=rows_of,
    )
    if request.GET.get("export") == "xlsx" and kept.job:
        record(action="programme.rehearsal_export", actor=request.user, obj=cycle)
        return download(
            headers=headers(), rows=cells(chosen), title=_("Rehearsal of %(cycle)s") % {"cycle": cycle}
        )
    context = {
        "listing": listed,
        "rows": [(entry, stage_words(entry.stage)) for entry in listed.page],
        "cycle": cycle,
        "cycles": cycles,
        "kept": kept,
    }
    return render(request, "programmes/rehearsal.html", context)


@require_POST
def rehearse(request, pk: int):
    """Have the year worked out anew."""
    cycle = _chosen(rehearsable_cycles(request.user), str(pk))
    with tell(request, success="", action="programme.rehearse", obj=cycle) as outcome:
        job = order_rehearsal(actor=request.user, cycle=cycle)
    if outcome.done:
        return redirect("notices:job", job.pk)
    return redirect(f"{reverse('programmes:rehearsal')}?cycle={cycle.pk}")


def _chosen(cycles: list[Cycle], asked: str) -> Cycle:
    """The cycle asked for by its id, else the newest."""
    for cycle in cycles:
        if not asked or str(cycle.pk) == asked:
            return cycle
    raise Http404
