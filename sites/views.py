from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.enums import Role
from accounts.forms import DayForm, ReasonForm
from accounts.lists import PER_PAGE, respond
from accounts.scope import units_with_role
from accounts.services import record
from accounts.tables import table_response
from accounts.uploads import chosen_file, stopped_upload
from accounts.web import get_visible, tell
from sites import tables
from sites.activities import record_activity
from sites.enums import Awarder, PlaqueAction
from sites.filters import SiteFilter
from sites.forms import ActivityForm, AwardOwnForm, PlaqueStepForm, RegisterPlaqueForm, SiteForm
from sites.imports.services import importable
from sites.models import Level, Plaque, Programme, Site
from sites.resources import SiteResource
from sites.rules import (
    may_edit_site,
    may_register_sites,
    why_not_record_activity,
    why_not_register_plaque,
)
from sites.selectors import programmes_read_by, sites_for_list
from sites.services import (
    add_plaque_paper,
    award_own_plaque,
    close_site,
    confirm_plaque,
    refuse_plaque,
    register_plaque,
    register_site,
    reopen_site,
    revoke_plaque,
    update_site,
)

ORDERINGS = {
    "name": ("initials", "name"),
    "category": ("category__order",),
    "area": ("area_id",),
    "registered": ("registered_at",),
}


def site_list(request):
    return respond(
        request,
        sites_for_list(request.user),
        template="sites/list.html",
        filterset=SiteFilter,
        orderings=ORDERINGS,
        resource=SiteResource,
        title=_("Sites"),
        action="site.export",
        context=lambda _page: {
            "may_register": may_register_sites(request.user),
            "may_import": bool(importable(request.user)),
        },
    )


def new(request):
    """Register a site; staff of several areas choose for which."""
    areas = units_with_role(request.user, (Role.UNIT_STAFF,))
    programme = _programme_of(areas)
    form = SiteForm(request.POST or None, programme=programme, areas=areas)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The site is registered."), action="site.register") as outcome:
            site = register_site(
                actor=request.user, programme=programme, figures=form.figures(), **form.values()
            )
        if outcome.done:
            return redirect("sites:detail", site.pk)
    return render(request, "sites/form.html", {"form": form})


def edit(request, pk: int):
    site = get_visible(Site, request.user, pk=pk)
    if not may_edit_site(request.user, site):
        raise Http404
    year = clock.today().year
    figures = dict(site.figures.filter(year=year).values_list("code", "value"))
    form = SiteForm(
        request.POST or None, instance=site, programme=site.programme, areas=[site.area], figures=figures
    )
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="site.update", obj=site) as outcome:
            update_site(
                actor=request.user,
                site=site,
                revision=form.cleaned_data["revision"] or 0,
                figures=form.figures(),
                **form.values(),
            )
        if outcome.done:
            return redirect("sites:detail", pk)
    return render(request, "sites/form.html", {"form": form, "site": site, "year": year})


@require_POST
def close(request, pk: int):
    return _site_step(request, pk, close_site, _("The site is closed."), "site.close")


@require_POST
def reopen(request, pk: int):
    return _site_step(request, pk, reopen_site, _("The site is open again."), "site.reopen")


def plaque_award(request, pk: int):
    """A county awards its own plaque."""
    site = get_visible(Site, request.user, pk=pk)
    if not may_edit_site(request.user, site):
        raise Http404
    levels = Level.objects.filter(programme=site.programme, awarded_by=Awarder.AREA)
    form = AwardOwnForm(
        request.POST or None, levels=levels, initial={"awarded_on": clock.today(), "level": levels.first()}
    )
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The plaque is awarded."), action="plaque.award", obj=site) as outcome:
            award_own_plaque(actor=request.user, site=site, **form.cleaned_data)
        if outcome.done:
            return redirect("sites:detail", pk)
    return render(request, "sites/award.html", {"form": form, "site": site})


def plaque_register(request, pk: int):
    """Enter an earlier plaque with its paper."""
    site = get_visible(Site, request.user, pk=pk)
    if why_not_register_plaque(request.user, site) is not None:
        raise Http404
    form = RegisterPlaqueForm(
        request.POST or None,
        request.FILES or None,
        levels=Level.objects.filter(programme=site.programme),
        stopped=stopped_upload(request),
    )
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_("The plaque is registered."), action="plaque.register", obj=site
        ) as outcome:
            register_plaque(actor=request.user, site=site, **form.cleaned_data)
        if outcome.done:
            return redirect("sites:detail", pk)
    return render(request, "sites/register_plaque.html", {"form": form, "site": site})


@require_POST
def plaque(request, pk: int):
    """Confirm, refuse or revoke one plaque."""
    obj = get_visible(Plaque, request.user, pk=pk)
    form = PlaqueStepForm(request.POST)
    if not form.is_valid():
        raise Http404
    action, reason = form.cleaned_data["action"], form.cleaned_data["reason"]
    steps = {
        PlaqueAction.CONFIRM: lambda: confirm_plaque(actor=request.user, plaque=obj),
        PlaqueAction.REFUSE: lambda: refuse_plaque(actor=request.user, plaque=obj, reason=reason),
        PlaqueAction.REVOKE: lambda: revoke_plaque(actor=request.user, plaque=obj, reason=reason),
    }
    if action not in steps:
        raise Http404
    with tell(request, success=_("Recorded."), action=f"plaque.{action}", obj=obj):
        steps[action]()
    return redirect("sites:detail", obj.site_id)


def plaque_paper(request, pk: int):
    """The award paper of a plaque, for those who may see the site."""
    obj = get_visible(Plaque, request.user, pk=pk)
    if not obj.paper:
        raise Http404
    return FileResponse(obj.paper.open(), as_attachment=True, filename=obj.paper_name)


def plaque_ledger(request, pk: int):
    """The plaque ledger of a programme as of ?day= (today when none is given), as an official table."""
    programme = next((one for one in programmes_read_by(request.user) if one.pk == pk), None)
    if programme is None:
        raise Http404
    form = DayForm(request.GET)
    day = min(form.cleaned_data["day"], clock.today()) if form.is_valid() else clock.today()
    record(action="plaque.ledger", actor=request.user, obj=programme)
    return table_response(tables.plaque_ledger(request.user, programme, day))


@require_POST
def plaque_add_paper(request, pk: int):
    """The award paper of a plaque that came from a table without one."""
    obj = get_visible(Plaque, request.user, pk=pk)
    with tell(request, success=_("The paper is added."), action="plaque.paper", obj=obj):
        add_plaque_paper(actor=request.user, plaque=obj, paper=chosen_file(request, "paper"))
    return redirect("sites:detail", obj.site_id)


def activities(request, pk: int):
    """A site's whole ledger of activities, and the form that adds one."""
    site = get_visible(Site.objects.select_related("area"), request.user, pk=pk)
    form = ActivityForm(request.POST or None, initial={"held_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_("The activity is entered."), action="activity.record", obj=site
        ) as outcome:
            record_activity(actor=request.user, site=site, **form.cleaned_data)
        if outcome.done:
            return redirect("sites:detail", pk)
    context = {
        "site": site,
        "form": form,
        "page": Paginator(site.activities.all(), PER_PAGE).get_page(request.GET.get("page")),
        "may_record": why_not_record_activity(request.user, site) is None,
    }
    return render(request, "sites/activities.html", context)


def _site_step(request, pk: int, service, success: str, action: str):
    site = get_visible(Site, request.user, pk=pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    with tell(request, success=success, action=action, obj=site):
        service(actor=request.user, site=site, reason=reason)
    return redirect("sites:detail", pk)


def _programme_of(areas) -> Programme:
    """The programme that reaches these areas; 404 for somebody who files for none."""
    for programme in Programme.objects.select_related("owner"):
        if any(programme.owner.contains(area) for area in areas):
            return programme
    raise Http404
