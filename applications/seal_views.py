"""Electronic seals: the keeper's page, sealing a form, and the page that checks any PDF."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.errors import DomainError
from accounts.forms import ReasonForm
from accounts.lists import short_list
from accounts.rules import may_grant_roles
from accounts.uploads import PDF, checked_content_type, chosen_file, stopped_upload
from accounts.web import get_visible, tell
from applications import services
from applications.models import FormVersion, Seal, Sealing
from applications.paper import printed
from applications.seal_forms import RegisterSealForm, SealForm
from applications.sealing.rules import (
    boxes_of,
    may_revoke,
    valid_seal,
    why_no_seal,
    why_not_seal,
    why_not_use,
)
from applications.sealing.waiting import forms_waiting, kept_seals, kept_units, last_sealed

#: Forms sealed with one passphrase in one go.
MOST_AT_ONCE = 20


def seals(request):
    """The keeper's page: the seals, and the forms that wait for them."""
    units = kept_units(request.user)
    if not units and not may_grant_roles(request.user):
        raise Http404
    waiting = forms_waiting(request.user)
    rows = [
        {"seal": seal, "may_revoke": may_revoke(request.user, seal), "why_not": why_not_use(seal)}
        for seal in kept_seals(request.user)
    ]
    context = {
        "rows": rows,
        "desks": [
            {
                "unit": unit,
                "seal": valid_seal(unit),
                "why_not": why_no_seal(unit),
                "boxes": short_list(request, boxes, f"forms-{unit.pk}", MOST_AT_ONCE),
                "form": SealForm(
                    auto_id=f"id_{unit.pk}_%s",
                    initial={"opinion": boxes[0].opinion if boxes else ""},
                    needed=any(not box.lines for box in boxes),
                ),
            }
            for unit in units
            for boxes in [[box for box in waiting if box.unit.pk == unit.pk]]
        ],
        "most": MOST_AT_ONCE,
        "reason_form": ReasonForm(),
    }
    return render(request, "applications/seals.html", context)


@sensitive_post_parameters("passphrase")
def seal_new(request):
    """Register a unit's seal."""
    units = kept_units(request.user)
    if not units:
        raise Http404
    form = RegisterSealForm(request.POST or None, request.FILES or None, units=units)
    if request.method == "POST":
        if stopped := stopped_upload(request):
            messages.error(request, str(stopped))
        elif form.is_valid():
            with tell(request, success=_("The seal is registered."), action="seal.register") as outcome:
                services.register_seal(actor=request.user, **form.cleaned_data)
            if outcome.done:
                return redirect("applications:seals")
    return render(request, "applications/seal_new.html", {"form": form})


@require_POST
def seal_revoke(request, pk: int):
    seal = get_visible(Seal.objects.select_related("unit"), request.user, pk=pk)
    with tell(
        request, success=_("The seal is revoked: it seals nothing any more."), action="seal.revoke", obj=seal
    ):
        services.revoke_seal(actor=request.user, seal=seal, reason=request.POST.get("reason", "")[:1000])
    return redirect("applications:seals")


def seal_picture(request, pk: int):
    seal = get_visible(Seal, request.user, pk=pk)
    return FileResponse(seal.picture.open(), content_type="image/png", filename="seal.png")


@sensitive_post_parameters("passphrase")
def seal_form(request, pk: int, code: str):
    """Put the seal into one box of a form: what stands there, when, and the passphrase."""
    version = get_visible(_versions(), request.user, pk=pk)
    box = next((box for box in boxes_of(version) if box.code == code), None)
    if box is None:
        raise Http404
    form = SealForm(request.POST or None, initial={"opinion": box.opinion}, needed=not box.lines)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Sealed."), action="version.seal", obj=version.application) as outcome:
            services.seal_version(actor=request.user, version=printed(version), box=code, **form.cleaned_data)
        if outcome.done:
            return redirect("applications:detail", version.application_id)
    context = {
        "version": version,
        "application": version.application,
        "box": box,
        "base": last_sealed(version),
        "seal": valid_seal(box.unit) if box.unit else None,
        "why_not": why_not_seal(request.user, version, code),
        "form": form,
        "today": clock.today(),
    }
    return render(request, "applications/seal_form.html", context)


@require_POST
@sensitive_post_parameters("passphrase")
def seal_many(request):
    """The same seal and opinion on several forms: the key is opened once."""
    if not kept_units(request.user):
        raise Http404
    wanted = request.POST.getlist("form")[:MOST_AT_ONCE]
    boxes = {f"{box.version.pk}": box for box in forms_waiting(request.user)}
    chosen = [
        boxes[pk] for pk in wanted if pk in boxes and str(boxes[pk].unit.pk) == request.POST.get("unit")
    ]
    form = SealForm(request.POST)
    if not chosen or not form.is_valid():
        messages.error(request, _("Choose the forms and write the passphrase."))
        return redirect("applications:seals")
    with tell(request, success=None, action="version.seal"):
        key = services.open_seal(
            actor=request.user, unit=chosen[0].unit, passphrase=form.cleaned_data["passphrase"]
        )
        done = sum(_seal_one(request, box, form.cleaned_data["opinion"], key) for box in chosen)
        if done:
            text = ngettext("%(count)s form sealed.", "%(count)s forms sealed.", done)
            messages.success(request, text % {"count": done})
    return redirect("applications:seals")


def _seal_one(request, box, opinion: str, key) -> bool:
    application = box.version.application
    with tell(request, success=None, action="version.seal", obj=application) as outcome:
        services.seal_version(
            actor=request.user, version=printed(box.version), box=box.code, opinion=opinion, key=key
        )
    return outcome.done


def sealed_pdf(request, pk: int):
    """A form as it was when a seal had been put on."""
    sealings = Sealing.objects.select_related("version__application")
    versions = FormVersion.objects.visible_to(request.user)
    sealing = sealings.filter(pk=pk, version__in=versions).first()
    if sealing is None:
        raise Http404
    name = f"{sealing.version.application.number}-v{sealing.version.number}-{sealing.box}.pdf"
    return FileResponse(sealing.pdf.open(), filename=name, content_type="application/pdf")


def check_pdf(request):
    """Any PDF: which seals, whether they hold, and whether it says what the record says. Nothing is kept."""
    # Half a second of import that pages which check nothing need not wait for.
    from applications.sealing.check import check_pdf as checked

    context = {}
    if request.method == "POST":
        try:
            upload = chosen_file(request, "file")
            if upload is None:
                raise DomainError(_("Choose a file first."))
            checked_content_type(upload, PDF)
            context = {"checked": checked(request.user, upload.read()), "name": upload.name}
        except DomainError as error:
            messages.error(request, str(error))
    return render(request, "applications/check_pdf.html", context)


def _versions():
    related = ("application__cycle__programme__owner__parent", "application__site", "application__level")
    return FormVersion.objects.select_related(*related, "application__area")
