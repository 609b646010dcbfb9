"""Exemplary cases on the web: the list, a case with its photos, and the steps of whoever goes on with it."""

from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.enums import Role
from accounts.errors import StaleForm
from accounts.forms import ReasonForm
from accounts.lists import respond
from accounts.scope import units_with_role
from accounts.selectors import log_rows
from accounts.uploads import stopped_upload
from accounts.web import get_visible, tell
from applications.selectors import present_cycle
from publicity.case_forms import CaseForm, CasePhotoForm
from publicity.case_lists import CASE_ORDERINGS, CaseFilter, CaseResource
from publicity.case_rules import MOST_PHOTOS, may_take_case, why_not_change_case, why_not_write_case
from publicity.case_selectors import cases_for_list
from publicity.enums import CaseAction, CaseState
from publicity.models import CasePhoto, ExemplaryCase, Story
from publicity.services import cases as services
from sites.models import Site

_DONE = {
    CaseAction.NOMINATE: gettext_lazy("Nominated. The leadership office decides."),
    CaseAction.RETURN: gettext_lazy("Returned: the county corrects it and nominates it again."),
    CaseAction.SELECT: gettext_lazy("Selected. The county may now write the text for the public."),
    CaseAction.DECLINE: gettext_lazy("Not selected; the county reads why."),
    CaseAction.WITHDRAW: gettext_lazy("Withdrawn."),
}

#: What the history says of a step, where the state it led to does not tell.
_SAID = {CaseAction.RETURN: gettext_lazy("Returned for correction")}


def case_list(request):
    """The cases of the year, and where a new one begins."""
    return respond(
        request,
        cases_for_list(request.user),
        template="publicity/cases/list.html",
        filterset=CaseFilter,
        orderings=CASE_ORDERINGS,
        resource=CaseResource,
        title=_("Exemplary cases"),
        action="exemplarycase.export",
        context=lambda listing: {"may_write": _may_write(request.user)},
    )


def case_new(request):
    """The draft of a case of one's area, or with ?site= of one of its sites."""
    site, areas, cycle = _asked_site(request), _areas(request.user), present_cycle(request.user)
    if cycle is None or not areas or (site and why_not_write_case(request.user, cycle, site.area, site)):
        raise Http404
    form = CaseForm(request.POST or None, areas=() if site else areas)
    if request.method == "POST" and form.is_valid():
        area = site.area if site else form.cleaned_data.get("area") or areas[0]
        with tell(request, success=_("Saved as a draft."), action="exemplarycase.write") as outcome:
            case = services.write_case(actor=request.user, cycle=cycle, area=area, site=site, **form.words())
        if outcome.done:
            return redirect("publicity:case", case.pk)
    return render(request, "publicity/cases/form.html", {"form": form, "site": site, "cycle": cycle})


def case(request, pk: int):
    """One case: what it says, where it stands, what happens next."""
    return _page(request, _case(request, pk))


def case_edit(request, pk: int):
    """Change a draft."""
    obj = _case(request, pk)
    if why_not_change_case(request.user, obj) is not None:
        return redirect("publicity:case", pk)
    form, now_there = CaseForm(request.POST or None, instance=obj), []
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="exemplarycase.change", obj=obj) as outcome:
            services.change_case(
                actor=request.user, case=obj, revision=form.cleaned_data["revision"] or 0, **form.words()
            )
        if outcome.done:
            return redirect("publicity:case", pk)
        if isinstance(outcome.error, StaleForm):
            now_there = form.take_on(obj)
    context = {"form": form, "case": obj, "cycle": obj.cycle, "now_there": now_there}
    return render(request, "publicity/cases/form.html", context)


@require_POST
def case_photo_add(request, pk: int):
    """Add a photo to a draft."""
    obj = _case(request, pk)
    form = CasePhotoForm(request.POST, request.FILES, stopped=stopped_upload(request))
    if form.is_valid():
        with tell(
            request, success=_("The photo is added."), action="exemplarycase.photo", obj=obj
        ) as outcome:
            services.add_case_photo(actor=request.user, case=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:case", pk)
        form.add_error("picture", str(outcome.error))
    return _page(request, obj, photo_form=form)


@require_POST
def case_photo_remove(request, pk: int):
    """Remove a photo from a draft."""
    photo = get_visible(CasePhoto.objects.select_related("case__area"), request.user, pk=pk)
    with tell(
        request, success=_("The photo is removed."), action="exemplarycase.photo_remove", obj=photo.case
    ):
        services.remove_case_photo(actor=request.user, photo=photo)
    return redirect("publicity:case", photo.case_id)


@require_POST
def case_step(request, pk: int):
    """Nominate, return, select, decline or withdraw."""
    obj, action = _case(request, pk), request.POST.get("action")
    if action not in CaseAction.values:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    success = _DONE[CaseAction(action)]
    with tell(request, success=success, action=f"exemplarycase.{action}", obj=obj):
        services.take_case_step(
            actor=request.user, case=obj, action=action, reason=reason, revision=_revision(request)
        )
    # A returned case is the county's own again.
    seen = ExemplaryCase.objects.visible_to(request.user).filter(pk=pk).exists()
    return redirect("publicity:case", pk) if seen else redirect("publicity:cases")


def case_photo(request, pk: int):
    """A photo of a case."""
    return picture_of(get_visible(CasePhoto, request.user, pk=pk).image)


def case_thumbnail(request, pk: int):
    """A photo of a case, small."""
    return picture_of(get_visible(CasePhoto, request.user, pk=pk).thumbnail)


def picture_of(file) -> FileResponse:
    """A stored JPEG as an answer; 404 where the file is gone."""
    try:
        return FileResponse(file.open(), content_type="image/jpeg")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error


def _page(request, obj: ExemplaryCase, photo_form: CasePhotoForm | None = None):
    user = request.user
    may_change = why_not_change_case(user, obj) is None
    photos, log = list(obj.photos.all()), history_of(obj, _SAID)
    context = {
        "case": obj,
        "photos": photos,
        "most_photos": MOST_PHOTOS,
        "may_change": may_change,
        "photo_form": (photo_form or CasePhotoForm()) if may_change and len(photos) < MOST_PHOTOS else None,
        "steps": {action.name.lower(): may_take_case(user, obj, action) for action in CaseAction},
        "reason_form": ReasonForm(auto_id=False),
        "log": log,
        "returned": sent_back(obj, log),
        "stories": list(Story.objects.visible_to(user).filter(case=obj)) if _was_selected(obj) else [],
        "may_tell": _was_selected(obj) and obj.area in _areas(user),
    }
    return render(request, "publicity/cases/detail.html", context)


def history_of(obj, said: dict) -> list:
    """The steps of a case or text, those in `said` by what was done: the state they led to tells it badly."""
    rows = log_rows(obj)
    for row in rows:
        row.to_label = said.get(row.action, row.to_label)
    return rows


def sent_back(obj, log: list):
    """The step that made a draft of it again, as long as it is one; None for a draft that never left the county."""
    return log[-1] if log and obj.state == CaseState.DRAFT.value else None


def _was_selected(obj: ExemplaryCase) -> bool:
    return obj.state == CaseState.SELECTED


def _case(request, pk: int) -> ExemplaryCase:
    related = ("area", "site", "cycle__programme__owner", "written_by")
    return get_visible(ExemplaryCase.objects.select_related(*related), request.user, pk=pk)


def _areas(user) -> list:
    return [unit for unit in units_with_role(user, (Role.UNIT_STAFF,)) if unit.is_area]


def _may_write(user) -> bool:
    cycle = present_cycle(user) if _areas(user) else None
    return cycle is not None and any(why_not_write_case(user, cycle, area) is None for area in _areas(user))


def _asked_site(request) -> Site | None:
    number = request.GET.get("site", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    return get_visible(Site.objects.select_related("area", "programme"), request.user, pk=int(number))


def _revision(request) -> int | None:
    number = request.POST.get("revision", "")
    return int(number) if number.isdecimal() and len(number) < 10 else None
