"""Lets the page of a site, floors below, show its visits."""

from django import template

from supervision.inspection_selectors import visits_of_site

register = template.Library()


@register.inclusion_tag("supervision/inspections/of_site.html", takes_context=True)
def site_visits(context, site):
    """The newest visits of a site, as far as the reader may see them."""
    return {"visits": visits_of_site(context["user"], site), "site": site}
