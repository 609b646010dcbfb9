"""The media matrix on the web."""

import functools

from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.lists import download, listing, sorted_by
from accounts.services import record
from accounts.workbook import MOST_ROWS
from applications.filters import visible_cycles
from applications.selectors import present_cycle
from publicity.coverage_rules import keeps_a_register
from publicity.matrix import ORDERINGS, OWED, MatrixFilter, sites_of_matrix, with_cells
from publicity.schemes import Scheme, scheme_of


def matrix(request):
    """Sites by media for a year; ?export=xlsx gives the same rows as a workbook."""
    scheme = _scheme(request)
    if scheme is None:
        return render(request, "publicity/coverage/no_scheme.html")
    sites = sites_of_matrix(request.user, scheme)
    filterset = functools.partial(MatrixFilter, scheme=scheme)
    if request.GET.get("export") == "xlsx":
        return _export(request, filterset(request.GET, queryset=sites, request=request).qs, scheme)
    listed = listing(request, sites, filterset=filterset, orderings=ORDERINGS, exportable=True)
    context = {
        "listing": listed,
        "rows": with_cells(listed.page, scheme),
        "scheme": scheme,
        "owed": sites.filter(is_duty=True, filled__lt=len(scheme.media)).count(),
        "owed_query": f"cycle={scheme.cycle.pk}&show={OWED}",
        "keeps": keeps_a_register(request.user),
    }
    return render(request, "publicity/coverage/matrix.html", context)


def _scheme(request) -> Scheme | None:
    wanted = request.GET.get("cycle", "")
    cycle = None
    if wanted.isdecimal() and len(wanted) < 19:
        cycle = visible_cycles(request).filter(pk=wanted).first()
    cycle = cycle or present_cycle(request.user)
    if cycle is None:
        raise Http404
    return scheme_of(cycle)


def _export(request, sites, scheme: Scheme):
    chosen = list(sorted_by(sites, request.GET.get("sort", ""), ORDERINGS)[:MOST_ROWS])
    record(action="coverage.matrix_export", actor=request.user)
    headers = [_("County or park"), _("Category"), _("Site name"), _("Every medium is a duty")]
    rows = (
        [
            str(row.site.area),
            str(row.site.category),
            row.site.name,
            str(_("yes") if row.is_duty else _("no")),
            *(cell.count for cell in row.cells),
            "、".join(str(medium) for medium in row.missing),
        ]
        for row in with_cells(chosen, scheme)
    )
    title = _("Media matrix %(year)s") % {"year": scheme.cycle.year}
    return download(
        headers=[*headers, *(str(medium) for medium in scheme.media), _("Missing")],
        rows=rows,
        title=f"{title} {clock.today().isoformat()}",
    )
