"""Lets the pages of plaques, some floors below, lead to their certificates."""

from django import template

from publicity.certificate_rules import why_not_issue
from publicity.certificate_selectors import latest_certificates
from sites.models import Plaque

register = template.Library()


@register.inclusion_tag("publicity/certificates/link.html", takes_context=True)
def certificate_link(context, plaque):
    """The way to a plaque's certificate, or to making one; nothing where there is none and none to be made. One query
    for all plaques of a site."""
    request = context["request"]
    if getattr(request, "certificates_of", None) != plaque.site_id:
        ids = Plaque.objects.filter(site=plaque.site_id).values("pk")
        request.certificates_of = plaque.site_id
        request.certificates = latest_certificates(context["user"], ids)
    return {
        "plaque": plaque,
        "latest": request.certificates.get(plaque.pk),
        "may_issue": why_not_issue(context["user"], plaque) is None,
    }


@register.simple_tag(takes_context=True)
def certificates_of(context, rows) -> set:
    """The ids of those plaques among a list's rows that have a certificate the reader may see; one query."""
    return set(latest_certificates(context["user"], [row.pk for row in rows]))
