"""What counties and parks report of themselves by year: who has reported, and one area's form."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.web import tell
from sites.area_figure_forms import AreaFiguresForm
from sites.area_figure_rules import may_read_area_figures, why_not_set_area_figures
from sites.area_figure_selectors import (
    area_reports,
    asking_programmes,
    earlier_area_figures,
    read_areas,
    years_offered,
)
from sites.figures import figure_label
from sites.models import Programme
from sites.services import set_area_figures


def area_figures(request):
    """Who has reported for a year and what, over the areas the person reads."""
    if not may_read_area_figures(request.user):
        raise Http404
    programmes, years = asking_programmes(request.user), years_offered()
    chosen = request.GET.get("programme")
    programme = next((one for one in programmes if str(one.pk) == chosen), next(iter(programmes), None))
    year = next((one for one in years if str(one) == request.GET.get("year")), years[0])
    reports = area_reports(request.user, programme, year) if programme else []
    context = {
        "programmes": programmes,
        "programme": programme,
        "years": years,
        "year": year,
        "reports": reports,
        "heads": [figure_label(figure) for figure in programme.area_figures] if programme else [],
        "missing": [report.area for report in reports if not report.is_whole],
    }
    return render(request, "sites/area_figures.html", context)


def area_figures_of(request, pk: int, area: int, year: int):
    """One area's figures of a year: its form, and what was entered before."""
    programme = get_object_or_404(Programme.objects.select_related("owner"), pk=pk)
    unit = get_object_or_404(read_areas(request.user, programme), pk=area)
    if not programme.area_figures or year not in years_offered():
        raise Http404
    entered = earlier_area_figures(request.user, programme, unit, year)
    standing = {row.code: row.value for _name, row in entered if row.superseded_at is None}
    refusal = why_not_set_area_figures(request.user, programme, unit)
    form = AreaFiguresForm(request.POST or None, programme=programme, values=standing)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="area_figures.set", obj=unit) as outcome:
            set_area_figures(
                actor=request.user, programme=programme, area=unit, year=year, values=form.values()
            )
        if outcome.done:
            return redirect("sites:area_figures_of", pk, area, year)
    back = f"{reverse('sites:area_figures')}?programme={pk}&year={year}"
    context = {
        "programme": programme,
        "area": unit,
        "year": year,
        "form": None if refusal else form,
        "refusal": refusal,
        "entered": entered,
        "back": back,
    }
    return render(request, "sites/area_figures_of.html", context)
