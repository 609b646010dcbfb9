"""Steps on one plaque, its papers, and what was done with the metal plaque."""

from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import DomainError, Reason
from accounts.uploads import chosen_file, stopped_upload
from accounts.web import get_visible, tell
from sites import services
from sites.enums import PlaqueAction
from sites.forms import HandlingForm, PlaqueStepForm
from sites.models import Plaque, PlaqueHandling


@require_POST
def plaque(request, pk: int):
    """Take one step on a plaque; which ones there are says the table of states, who may the rules."""
    obj = get_visible(Plaque, request.user, pk=pk)
    form = PlaqueStepForm(request.POST)
    form.is_valid()
    step = _STEPS.get(form.cleaned_data.get("action"))
    if step is None:
        raise Http404
    action = form.cleaned_data["action"]
    with tell(request, success=_("Recorded."), action=f"plaque.{action}", obj=obj):
        if not form.is_valid():
            raise _unreadable(form)
        step({"actor": request.user, "plaque": obj}, form.cleaned_data)
    return redirect("sites:detail", obj.site_id)


def _dated(service, key: str):
    """A step with a reason and a day (None: today)."""
    return lambda who, data: service(**who, reason=data["reason"], **{key: data["day"]})


def _demand(who: dict, data: dict) -> None:
    if data["by"] is None:
        raise DomainError(Reason(text=_("Enter the day by which it must be put right.")))
    services.demand_rectification(**who, reason=data["reason"], by=data["by"])


_STEPS = {
    PlaqueAction.CONFIRM: lambda who, data: services.confirm_plaque(**who),
    PlaqueAction.REFUSE: lambda who, data: services.refuse_plaque(**who, reason=data["reason"]),
    PlaqueAction.RECTIFY: _demand,
    PlaqueAction.RESTORE: lambda who, data: services.end_rectification(**who, reason=data["reason"]),
    PlaqueAction.SUSPEND: _dated(services.suspend_plaque, "begins_on"),
    PlaqueAction.RESUME: _dated(services.resume_plaque, "ended_on"),
    PlaqueAction.REVOKE: _dated(services.revoke_plaque, "ended_on"),
    PlaqueAction.GIVE_BACK: _dated(services.give_back_plaque, "ended_on"),
    PlaqueAction.REPLACE: lambda who, data: services.replace_plaque(
        **who, reason=data["reason"], awarded_on=data["day"], number=data["number"].strip()
    ),
}


def paper(request, pk: int):
    """The award paper of a plaque, for those who may see the site."""
    obj = get_visible(Plaque, request.user, pk=pk)
    if not obj.paper:
        raise Http404
    return FileResponse(obj.paper.open(), as_attachment=True, filename=obj.paper_name)


@require_POST
def add_paper(request, pk: int):
    """The award paper of a plaque that came from a table without one."""
    obj = get_visible(Plaque, request.user, pk=pk)
    with tell(request, success=_("The paper is added."), action="plaque.paper", obj=obj):
        services.add_plaque_paper(actor=request.user, plaque=obj, paper=chosen_file(request, "paper"))
    return redirect("sites:detail", obj.site_id)


@require_POST
def handling(request, pk: int):
    """Enter what was done with the metal plaque."""
    obj = get_visible(Plaque, request.user, pk=pk)
    form = HandlingForm(request.POST, request.FILES)
    with tell(request, success=_("Recorded."), action="plaque.handling", obj=obj):
        if stopped := stopped_upload(request):
            raise stopped
        if not form.is_valid():
            raise _unreadable(form)
        services.record_handling(actor=request.user, plaque=obj, **form.cleaned_data)
    return redirect("sites:detail", obj.site_id)


def handling_file(request, pk: int):
    """The photo or receipt of a handling, for those who may see the site."""
    obj = get_visible(PlaqueHandling, request.user, pk=pk)
    if not obj.file:
        raise Http404
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.file_name)


def _unreadable(form) -> DomainError:
    """What is wrong with the entries of a small form, as a refusal: its page is the site's."""
    said = _("%(what)s: %(words)s")
    words = [
        said % {"what": form[name].label, "words": " ".join(errors)} for name, errors in form.errors.items()
    ]
    return DomainError(Reason(text=" ".join(words)))
