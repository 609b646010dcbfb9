"""Lets the page of a site, some floors below, show its early warnings."""

from django import template

from accounts import clock
from dashboard.models import EarlyWarning
from dashboard.warnings.words import warning_words

register = template.Library()


@register.inclusion_tag("dashboard/warnings_of_site.html", takes_context=True)
def warnings_of_site(context, site):
    """The warnings that stand, for whoever reads the findings of the site; one query."""
    today = clock.today()
    rows = EarlyWarning.objects.visible_to(context["user"]).on(today).filter(site=site).order_by("factor")
    return {"rows": [(warning_words(row, today), row.noticed_on) for row in rows], "site": site}
