from django.shortcuts import get_object_or_404, render

from dashboard.warnings.page import warned_about, warning_page


def site_warnings(request, pk: int):
    """What speaks for a closer look at one site, with every figure; 404 for its liaison."""
    sites = warned_about(request.user).select_related("area", "category", "programme")
    site = get_object_or_404(sites, pk=pk)
    return render(request, "dashboard/warnings.html", {"site": site, "page": warning_page(site)})
