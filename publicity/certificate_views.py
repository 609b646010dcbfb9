"""Certificates on the web: made for a plaque, printed, sealed or stamped, downloaded. Never public."""

from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from applications.sealing.rules import valid_seal, why_no_seal
from publicity.certificate_forms import (
    AnotherEditionForm,
    CertificateForm,
    SealPassphraseForm,
    StampedCertificateForm,
)
from publicity.certificate_rules import (
    issuing_unit,
    why_not_another,
    why_not_in_force,
    why_not_issue,
    why_not_seal_certificate,
    why_not_stamp_certificate,
)
from publicity.certificate_selectors import RELATED
from publicity.certificate_texts import usual_issuer
from publicity.models import Certificate
from publicity.services import certificates
from sites.models import Plaque, Site


def of_plaque(request, pk: int):
    """The certificates of a plaque, and the form with which whoever awards it makes one."""
    rows = Plaque.objects.select_related(*[name.removeprefix("plaque__") for name in RELATED])
    plaque = get_visible(rows, request.user, pk=pk)
    editions = list(plaque.certificates.order_by("-edition").select_related("seal", "sealed_by", "made_by"))
    latest = editions[0] if editions else None
    # With a reason given; what else stands against it is said instead of the form.
    why_not = why_not_issue(request.user, plaque) or why_not_another(latest, "-")
    form_class = AnotherEditionForm if latest else CertificateForm
    form = (
        form_class(request.POST or None, initial={"issuer": _issuer(plaque, latest)}) if not why_not else None
    )
    if request.method == "POST" and (form is None or form.is_valid()):
        entered = form.cleaned_data if form else {"issuer": "-"}
        success = _("The certificate is being printed.")
        with tell(request, success=success, action="certificate.issue", obj=plaque) as outcome:
            certificate = certificates.issue_certificate(actor=request.user, plaque=plaque, **entered)
        if outcome.done:
            return redirect("publicity:certificate", certificate.pk)
        return redirect("publicity:plaque_certificates", pk)
    context = {"plaque": plaque, "editions": editions, "form": form, "why_not": why_not}
    context["void"] = why_not_in_force(plaque) is not None
    return render(request, "publicity/certificates/of_plaque.html", context)


def _issuer(plaque: Plaque, latest: Certificate | None) -> str:
    return latest.content["issuer"] if latest else usual_issuer(plaque)


def certificate(request, pk: int):
    return _page(request, _certificate(request, pk))


def certificate_progress(request, pk: int):
    """What the page asks for again until the certificate is printed."""
    context = _context(request, _certificate(request, pk))
    return render(request, "publicity/certificates/body.html", context)


def certificate_pdf(request, pk: int):
    """The certificate as it was sealed, or as it was printed while it is not."""
    obj = _certificate(request, pk)
    pdf = obj.sealed_pdf or obj.pdf
    if not pdf:
        raise Http404
    name = f"{obj.content['number']}-{obj.edition}.pdf"
    return FileResponse(pdf.open(), filename=name, content_type="application/pdf")


@require_POST
@sensitive_post_parameters("passphrase")
def certificate_seal(request, pk: int):
    obj, form = _certificate(request, pk), SealPassphraseForm(request.POST, auto_id="seal_%s")
    if form.is_valid():
        with tell(request, success=_("Sealed."), action="certificate.seal", obj=obj) as outcome:
            certificates.seal_certificate(actor=request.user, certificate=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:certificate", pk)
    return _page(request, _certificate(request, pk), seal=form)


@require_POST
def certificate_stamp(request, pk: int):
    obj = _certificate(request, pk)
    with tell(request, success=_("It is noted."), action="certificate.stamp", obj=obj):
        scan = chosen_file(request, "scan")
        certificates.stamp_certificate(actor=request.user, certificate=obj, scan=scan)
    return redirect("publicity:certificate", pk)


def _certificate(request, pk: int) -> Certificate:
    rows = Certificate.objects.select_related("seal", "sealed_by", "made_by", *RELATED)
    return get_visible(rows, request.user, pk=pk)


def _page(request, obj: Certificate, **bound):
    return render(request, "publicity/certificates/page.html", _context(request, obj, **bound))


def _context(request, obj: Certificate, **bound) -> dict:
    unit, offered = issuing_unit(obj.plaque), {}
    may_seal = why_not_seal_certificate(request.user, obj) is None
    why_not = why_no_seal(unit) if may_seal else None
    if may_seal and why_not is None:
        offered["seal"] = SealPassphraseForm(auto_id="seal_%s")
    if why_not_stamp_certificate(request.user, obj) is None:
        offered["stamp"] = StampedCertificateForm(auto_id="stamp_%s")
    return {
        "certificate": obj,
        "plaque": obj.plaque,
        "sees_site": Site.objects.visible_to(request.user).filter(pk=obj.plaque.site_id).exists(),
        "later": obj.plaque.certificates.filter(edition__gt=obj.edition).order_by("-edition").first(),
        "seal": valid_seal(unit) if may_seal else None,
        "unit": unit,
        "void": why_not_in_force(obj.plaque) is not None,
        "why_not": why_not,
        "forms": {name: bound.get(name, form) for name, form in offered.items()},
    }
