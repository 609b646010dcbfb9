"""Objecting to a public notice, and looking up what came of it: open to anybody, nobody is asked to sign in."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.errors import DomainError
from assessments.models import Objection
from assessments.publication_rules import why_not_object
from assessments.services.objections import TooMany, find_outcome, object_publicly
from publicity.forms import PublicObjectionForm, ReceiptForm
from publicity.selectors import contact_of, contacts, public_notices

_RECEIPT = "objection_receipt"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request, pk: int):
    """The form with which anybody objects to a running notice; afterwards the receipt code, once."""
    notice = public_notices(clock.today()).filter(pk=pk).first()
    if notice is None:
        raise Http404
    form = PublicObjectionForm(request.POST or None)
    refusal = why_not_object(notice, clock.now())
    if request.method == "POST" and refusal is None and form.is_valid():
        try:
            objection = object_publicly(notice=notice, **form.particulars())
        except TooMany as error:
            return too_many(request, error, [contact_of(notice)])
        except DomainError as error:
            refusal = error.reason
        else:
            request.session[_RECEIPT] = objection.pk
            return redirect("publicity:objection_received")
    context = {"notice": notice, "contact": contact_of(notice), "form": form, "refusal": refusal}
    return render(request, "publicity/object.html", context)


@login_not_required
@require_safe
def received(request):
    """The receipt code, shown once to whoever has just objected."""
    found = Objection.objects.filter(pk=request.session.pop(_RECEIPT, None)).select_related("notice").first()
    if not request.user.is_authenticated:
        request.session.flush()
    if found is None:
        return redirect("publicity:outcome")
    response = render(request, "publicity/objection_received.html", {"objection": found})
    add_never_cache_headers(response)
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request):
    """What came of an objection, for whoever holds its code. The code is never part of an address."""
    form = ReceiptForm(request.POST or None)
    objection = None
    if request.method == "POST" and form.is_valid():
        try:
            objection = find_outcome(receipt=form.cleaned_data["receipt"])
        except TooMany as error:
            return too_many(request, error, contacts())
    unknown = form.is_bound and form.is_valid() and objection is None
    context = {"form": form, "objection": objection, "unknown": unknown}
    response = render(request, "publicity/objection_outcome.html", context, status=404 if unknown else 200)
    add_never_cache_headers(response)
    return response


def too_many(request, error: TooMany, offices: list[dict]):
    """Status 429 in words, with the way to the office that remains."""
    context = {"reason": error.reason, "offices": [office for office in offices if office]}
    return render(request, "publicity/too_many.html", context, status=429)
