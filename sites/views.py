from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.enums import Role
from accounts.forms import DayForm, ReasonForm
from accounts.scope import units_with_role
from accounts.services import record
from accounts.tables import table_response
from accounts.uploads import stopped_upload
from accounts.web import get_visible, tell
from sites import tables
from sites.enums import Awarder, SiteAction
from sites.forms import (
    AwardOwnForm,
    MergeForm,
    MoveForm,
    RegisterPlaqueForm,
    RenameForm,
    SiteForm,
)
from sites.holds import why_held
from sites.models import Level, Programme, Site
from sites.rules import (
    may_edit_site,
    why_not_active,
    why_not_register_plaque,
    why_not_site_action,
)
from sites.selectors import programmes_read_by
from sites.services import (
    award_own_plaque,
    close_site,
    merge_site,
    move_site,
    register_plaque,
    register_site,
    rename_site,
    reopen_site,
    update_site,
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


def change(request, pk: int):
    """Rename, move or merge a site: the leadership office's page."""
    site = get_visible(
        Site.objects.select_related("programme__owner", "area", "unit", "category"), request.user, pk=pk
    )
    if why_not_site_action(request.user, site, SiteAction.RENAME, "-") or why_not_active(site):
        raise Http404
    step = request.POST.get("step")
    forms = {
        SiteAction.RENAME: RenameForm(_for(request, step, SiteAction.RENAME), initial={"name": site.name}),
        SiteAction.MOVE: MoveForm(_for(request, step, SiteAction.MOVE), programme=site.programme),
        SiteAction.MERGE: MergeForm(_for(request, step, SiteAction.MERGE), site=site),
    }
    if step in forms and forms[step].is_valid():
        with tell(request, success=_("Recorded."), action=f"site.{step}", obj=site) as outcome:
            after = _CHANGES[step](request.user, site, forms[step])
        if outcome.done:
            return redirect("sites:detail", after.pk)
    hold = why_held(site)
    context = {"site": site, "hold": hold, "hold_reasons": [hold]}
    for action, form in forms.items():
        form.auto_id = f"{action}_%s"
        context[f"{action}_form"] = form
    return render(request, "sites/change.html", context)


def _for(request, step: str | None, action: str):
    """What was entered, for the one of several forms it was meant for."""
    return request.POST if request.method == "POST" and step == action else None


_CHANGES = {
    SiteAction.RENAME: lambda actor, site, form: rename_site(actor=actor, site=site, **form.cleaned_data),
    SiteAction.MOVE: lambda actor, site, form: move_site(actor=actor, site=site, **form.values()),
    SiteAction.MERGE: lambda actor, site, form: merge_site(actor=actor, site=site, **form.values()),
}


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


def plaque_ledger(request, pk: int):
    """The plaque ledger of a programme as of ?day= (today when none is given), as an official table."""
    programme = next((one for one in programmes_read_by(request.user) if one.pk == pk), None)
    if programme is None:
        raise Http404
    form = DayForm(request.GET)
    day = min(form.cleaned_data["day"], clock.today()) if form.is_valid() else clock.today()
    record(action="plaque.ledger", actor=request.user, obj=programme)
    return table_response(tables.plaque_ledger(request.user, programme, day))


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
