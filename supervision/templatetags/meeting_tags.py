"""Lets the page of a cycle, a floor below, show which meetings are owed."""

from django import template

from accounts.scope import reached_unit_ids
from supervision.meeting_lists import matrix_of

register = template.Library()


@register.simple_tag(takes_context=True)
def meetings_of_cycle(context, cycle):
    """The year's meetings, unit by kind (supervision.meeting_lists.Matrix); None where the scheme asks for none."""
    user = context["user"]
    return matrix_of(user, cycle, set(reached_unit_ids(user)))
