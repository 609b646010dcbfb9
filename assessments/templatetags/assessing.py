"""Lets the page of an application, a floor below, show where its assessment stands."""

from django import template

from assessments.selectors import assessments_for_list, with_next

register = template.Library()


@register.simple_tag(takes_context=True)
def next_in_assessment(context, application):
    """What is asked next in the assessment of an application (assessments.progress.Next), as far as the reader
    may see it; None without one, or when all is over."""
    rows = with_next(assessments_for_list(context["user"]).filter(application=application))
    return rows[0].next if rows else None
