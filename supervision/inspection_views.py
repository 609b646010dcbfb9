"""Visits recorded, at the desk: list, one visit with its pictures, the form without JavaScript, declaring void."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond
from accounts.names import in_language
from accounts.selectors import log_rows
from accounts.uploads import chosen_files, stopped_upload
from accounts.web import get_visible, tell
from applications.models import Cycle
from sites.models import Site
from supervision.enums import InspectionState
from supervision.inspection_content import checklists_for
from supervision.inspection_forms import InspectionForm, VisitedPlaceForm
from supervision.inspection_lists import ORDERINGS, InspectionFilter, InspectionResource
from supervision.inspection_selectors import answered, gallery, inspections_for_list
from supervision.models import Finding, Inspection, InspectionPhoto, PlannedVisit, SupervisionGroup
from supervision.plan_forms import places_of
from supervision.plan_selectors import groups_to_work_in
from supervision.rules import why_not_group_work
from supervision.services.desk_visits import record_at_desk
from supervision.services.inspections import void_inspection


def inspection_list(request):
    def context(listed: Listing) -> dict:
        chosen = listed.filter.form.cleaned_data
        return {"site": chosen.get("site"), "workable": groups_to_work_in(request.user)}

    return respond(
        request,
        inspections_for_list(request.user),
        template="supervision/inspections/list.html",
        filterset=InspectionFilter,
        orderings=ORDERINGS,
        resource=InspectionResource,
        title=_("Visits recorded"),
        action="inspection.export",
        context=context,
    )


def inspection(request, pk: int):
    return _page(request, _inspection(request, pk))


@require_POST
def void(request, pk: int):
    """Declare a visit void; it stays readable."""
    obj = _inspection(request, pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        said = _("The visit is declared void.")
        with tell(request, success=said, action="inspection.void", obj=obj) as outcome:
            void_inspection(actor=request.user, inspection=obj, reason=form.cleaned_data["reason"])
        if outcome.done:
            return redirect("supervision:inspection", pk)
    return _page(request, _inspection(request, pk), form)


def photo(request, pk: int):
    """One photo of a visit, shown in the browser."""
    obj = get_visible(InspectionPhoto, request.user, pk=pk)
    if not obj.file:
        raise Http404
    kind = "image/png" if obj.file.name.endswith(".png") else "image/jpeg"
    return FileResponse(obj.file.open(), content_type=kind, filename=f"{obj.uid}.{kind[6:]}")


def new(request, pk: int):
    """Record a visit of a group: first the place, then the form with its checklist."""
    group = get_visible(SupervisionGroup.objects.select_related("programme__owner"), request.user, pk=pk)
    if why_not_group_work(request.user, group) is not None:
        raise Http404
    planned = _planned(request, group)
    target = (planned and planned.place) or _target(request, group)
    if target is None:
        return _ask_place(request, group)
    return _record(request, group, target, planned)


def _record(request, group: SupervisionGroup, target, planned: PlannedVisit | None):
    site = target if isinstance(target, Site) else None
    cycle = planned.cycle if planned else _cycle(group)
    lists = checklists_for(cycle, site)
    chosen = request.GET.get("checklist")
    checklist = next((row for row in lists if row["code"] == chosen), lists[0] if lists else {})
    form = InspectionForm(request.POST or None, request.FILES or None, cycle=cycle, checklist=checklist)
    if request.method == "POST" and "more" not in request.POST and form.is_valid():
        said = _("The visit is recorded.")
        with tell(request, success=said, action="inspection.receive", obj=group) as outcome:
            obj = record_at_desk(
                actor=request.user,
                group=group,
                target=target,
                planned=planned,
                uploads=chosen_files(request, "photos"),
                **form.record(),
            )
        if outcome.done:
            return redirect("supervision:inspection", obj.pk)
    context = {
        "group": group,
        "place": target,
        "site": site,
        "planned": planned,
        "cycle": cycle,
        "form": form,
        "checklist": checklist and in_language(checklist, "title"),
        "others": [(row["code"], in_language(row, "title")) for row in lists if row is not checklist],
        "photos_gone": request.method == "POST" and (request.FILES or stopped_upload(request)),
    }
    return render(request, "supervision/inspections/form.html", context)


def _ask_place(request, group: SupervisionGroup):
    form = VisitedPlaceForm(request.GET if "site" in request.GET else None, group=group)
    return render(request, "supervision/inspections/place.html", {"group": group, "form": form})


def _planned(request, group: SupervisionGroup) -> PlannedVisit | None:
    asked = request.GET.get("planned", "")
    if not asked.isdecimal():
        return None
    rows = PlannedVisit.objects.select_related("site__category", "site__unit", "unit", "cycle__programme")
    return get_visible(rows.filter(group=group), request.user, pk=int(asked[:18]))


def _target(request, group: SupervisionGroup):
    """The site or unit of the group's areas that the address names, None while it names none or both."""
    sites, units = places_of(group)
    rows = {"site": sites.select_related("area", "category", "unit"), "unit": units}
    named = {name: request.GET.get(name, "") for name in rows}
    given = [name for name, value in named.items() if value.isdecimal()]
    if len(given) != 1:
        return None
    return rows[given[0]].filter(pk=int(named[given[0]][:18])).first()


def _cycle(group: SupervisionGroup) -> Cycle:
    """This year's scheme, else the newest that has begun."""
    cycles = Cycle.objects.filter(programme=group.programme_id, year__lte=clock.today().year)
    cycle = cycles.select_related("programme").order_by("-year").first()
    if cycle is None:
        raise Http404
    return cycle


def _inspection(request, pk: int) -> Inspection:
    return get_object_or_404(inspections_for_list(request.user).select_related("planned"), pk=pk)


def _page(request, obj: Inspection, form: ReasonForm | None = None):
    may_void = obj.state != InspectionState.VOID and why_not_group_work(request.user, obj.group) is None
    photos = gallery(request.user, obj)
    context = {
        "inspection": obj,
        "checklist": in_language(obj.checklist, "title") if obj.checklist else "",
        "items": answered(obj),
        "photos": [photo for photo in photos if photo.arrived_at],
        "missing": sum(1 for photo in photos if not photo.arrived_at),
        "findings": Finding.objects.visible_to(request.user).filter(inspection=obj).select_related("owner"),
        "log": log_rows(obj),
        "void_form": (form or ReasonForm()) if may_void else None,
    }
    return render(request, "supervision/inspections/detail.html", context)
