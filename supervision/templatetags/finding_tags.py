"""Lets the page of a site, a floor below, show its findings."""

from django import template

from supervision.finding_selectors import findings_for_list, with_next_step
from supervision.models import Finding

register = template.Library()


@register.inclusion_tag("supervision/findings/of_site.html", takes_context=True)
def findings_of_site(context, site):
    """The findings of a site that are not over, as far as the reader may see them, and how many there were in all."""
    user = context["user"]
    rows = findings_for_list(user).filter(site=site, state__in=("open", "coordinating", "reported"))
    return {
        "rows": with_next_step(rows.order_by("due_on")),
        "over": Finding.objects.visible_to(user).filter(site=site, state="closed").count(),
        "site": site,
        "today": context.get("today"),
    }
