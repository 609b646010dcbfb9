"""One click: the dossier of an application or a site, built in the background."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.web import get_visible, tell
from applications.models import Application
from assessments.rules import may_have_dossier
from assessments.services import order_dossier
from assessments.services.dossiers import FORMS
from notices.jobs import address_of
from sites.models import Site


@require_POST
def of_application(request, pk: int):
    return _order(
        request, get_visible(Application.objects.select_related("area", "site"), request.user, pk=pk)
    )


@require_POST
def of_site(request, pk: int):
    return _order(request, get_visible(Site.objects.select_related("area"), request.user, pk=pk))


def _order(request, subject: Application | Site):
    form = request.POST.get("form", "zip")
    if form not in FORMS or not may_have_dossier(request.user, subject.area):
        raise Http404
    with tell(request, success=None, action="dossier.order", obj=subject):
        job = order_dossier(actor=request.user, subject=subject, form=form)
    return redirect(address_of(job))
