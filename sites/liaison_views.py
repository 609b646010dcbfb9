"""The liaisons of a site: who may add to its ledgers, since when and until when."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.web import get_visible, tell
from sites import services
from sites.life_forms import AppointForm
from sites.life_rules import why_not_decide
from sites.life_selectors import liaison_candidates
from sites.models import Site, SiteLiaison
from sites.rules import why_not_active


def liaisons(request, pk: int):
    """Who may add to the site's ledgers; the county staff appoints."""
    site = get_visible(Site.objects.select_related("area"), request.user, pk=pk)
    decides = why_not_decide(request.user, site) is None
    may_appoint = decides and why_not_active(site) is None
    form = AppointForm(request.POST or None, candidates=liaison_candidates(site)) if decides else None
    if request.method == "POST" and form is not None and form.is_valid():
        with tell(request, success=_("Appointed."), action="liaison.appoint", obj=site) as outcome:
            services.appoint_liaison(actor=request.user, site=site, user=form.cleaned_data["user"])
        if outcome.done:
            return redirect("sites:liaisons", pk)
    rows = site.liaisons.select_related("user__unit", "appointed_by").order_by("-valid_from", "-id")
    context = {
        "site": site,
        "present": [row for row in rows if row.valid_to is None],
        "earlier": [row for row in rows if row.valid_to is not None],
        "form": form,
        "decides": decides,
        "may_appoint": may_appoint,
    }
    return render(request, "sites/life/liaisons.html", context)


@require_POST
def end(request, pk: int):
    """End an appointment."""
    liaison = get_visible(SiteLiaison.objects.select_related("site__area"), request.user, pk=pk)
    with tell(request, success=_("The appointment has ended."), action="liaison.end", obj=liaison.site):
        services.end_liaison(actor=request.user, liaison=liaison)
    return redirect("sites:liaisons", liaison.site_id)
