"""Lets the page of a site, a floor below, show its coverage."""

from django import template

from publicity.coverage_rules import why_not_keep_coverage
from publicity.coverage_selectors import coverage_of_site as latest_of_site

register = template.Library()
_SHOWN = 5


@register.inclusion_tag("publicity/coverage/of_site.html", takes_context=True)
def coverage_of_site(context, site):
    """The latest entries of a site, as far as the reader may see them, and how many there are in all."""
    user = context["user"]
    rows, count = latest_of_site(user, site, _SHOWN)
    may_record = site.state == "active" and why_not_keep_coverage(user, site.area, site.programme) is None
    return {"rows": rows, "count": count, "site": site, "may_record": may_record}
