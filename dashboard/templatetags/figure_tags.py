from django import template

from dashboard.cells import cell_words
from dashboard.tables import Number

register = template.Library()


@register.filter
def figure(number: Number) -> str:
    """A number as the tables write it."""
    return cell_words(number)
