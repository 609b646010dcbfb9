"""The year's scheme: what holds, by when, where it is written, and the office's exceptions to it."""

import re

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import clock
from accounts.services import record
from accounts.tables import table_response
from accounts.web import get_visible, tell
from applications import services
from applications.deadlines import effective_date
from applications.forms import ExtensionForm, ExtraPlaceForm, NextCycleForm
from applications.models import Cycle
from applications.quota import quotas_of
from applications.rules import may_handle
from applications.selectors import level_rules, present_cycle
from applications.tables import application_summary
from sites.models import Level
from sites.selectors import areas_of, programmes_read_by


def cycle(request):
    """The scheme of the present year, or with ?year= of another one."""
    obj = present_cycle(request.user)
    year = request.GET.get("year", "")
    if re.fullmatch(r"[0-9]{4}", year):
        obj = get_visible(Cycle, request.user, year=int(year))
    if obj is None:
        return render(request, "applications/no_cycle.html")
    context = {
        "cycle": obj,
        "years": Cycle.objects.visible_to(request.user)
        .filter(programme=obj.programme)
        .values_list("year", flat=True),
        "rules": level_rules(obj),
        "milestones": [(milestone, effective_date(milestone)) for milestone in obj.milestones.all()],
        "may_handle": may_handle(request.user, obj),
        "has_tables": obj.programme in programmes_read_by(request.user),
        "today": clock.today(),
        "has_next": Cycle.objects.filter(programme=obj.programme, year__gt=obj.year).exists(),
    }
    return render(request, "applications/cycle.html", context)


def summary_table(request, pk: int):
    """The summary of a cycle's applications as an official table."""
    obj = get_visible(Cycle, request.user, pk=pk)
    if obj.programme not in programmes_read_by(request.user):
        raise Http404
    record(action="application.summary", actor=request.user, obj=obj)
    return table_response(application_summary(request.user, obj))


def next_cycle(request, pk: int):
    """Prepare and open the following year."""
    obj = get_visible(Cycle, request.user, pk=pk)
    if not may_handle(request.user, obj):
        raise Http404
    form = NextCycleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The new cycle is open."), action="cycle.next", obj=obj) as outcome:
            services.next_cycle(actor=request.user, cycle=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("applications:cycle")
    return render(request, "applications/next_cycle.html", {"form": form, "cycle": obj})


def quota(request, pk: int):
    """Places of all areas; the office grants extra places and later deadlines here."""
    obj = get_visible(Cycle, request.user, pk=pk)
    if not may_handle(request.user, obj):
        raise Http404
    areas = areas_of(obj.programme)
    levels = Level.objects.filter(pk__in=obj.level_rules.exclude(quota=None).values("level"))
    kind = request.POST.get("form")
    extra = ExtraPlaceForm(
        request.POST if kind == "extra" else None, levels=levels, areas=areas, auto_id="extra_%s"
    )
    later = ExtensionForm(request.POST if kind == "later" else None, areas=areas, auto_id="later_%s")
    if request.method == "POST" and _grant(request, obj, extra, later):
        return redirect("applications:quota", pk)
    quotas = quotas_of(obj, areas)
    context = {
        "cycle": obj,
        "levels": levels,
        "rows": [(area, [quotas[area.pk].get(level.pk) for level in levels]) for area in areas],
        "extra": extra,
        "later": later,
        "extra_places": obj.places.filter(is_extra=True).select_related("area", "level", "granted_by"),
        "extensions": obj.extensions.select_related("area", "granted_by"),
    }
    return render(request, "applications/quota.html", context)


def _grant(request, cycle: Cycle, extra: ExtraPlaceForm, later: ExtensionForm) -> bool:
    if extra.is_bound and extra.is_valid():
        with tell(
            request, success=_("The extra place is granted."), action="quota.extra", obj=cycle
        ) as outcome:
            services.grant_extra_place(actor=request.user, cycle=cycle, **extra.cleaned_data)
        return outcome.done
    if later.is_bound and later.is_valid():
        with tell(
            request, success=_("The new last day is set."), action="deadline.extend", obj=cycle
        ) as outcome:
            services.grant_extension(actor=request.user, cycle=cycle, **later.cleaned_data)
        return outcome.done
    return False
