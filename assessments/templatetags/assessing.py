"""Lets the pages of applications and sites, floors below, show where an assessment stands and offer dossiers."""

from django import template

from accounts.names import in_language
from assessments.models import RevocationLetter
from assessments.rules import may_have_dossier
from assessments.selectors import assessments_for_list, with_next

register = template.Library()


@register.simple_tag(takes_context=True)
def next_in_assessment(context, application):
    """What is asked next in the assessment of an application (assessments.progress.Next), as far as the reader
    may see it; None without one, or when all is over."""
    rows = with_next(assessments_for_list(context["user"]).filter(application=application))
    return rows[0].next if rows else None


@register.inclusion_tag("assessments/dossier/buttons.html", takes_context=True)
def dossier_buttons(context, subject):
    """The buttons that have the dossier of an application or site built; nothing for who may not have it."""
    return {
        "may": may_have_dossier(context["user"], subject.area),
        "address": f"assessments:{subject._meta.model_name}_dossier",
        "subject": subject,
    }


@register.simple_tag(takes_context=True)
def has_letter(context, plaque) -> bool:
    """Whether the letter on a plaque taken back is there for the reader; asked only of plaques taken back."""
    letters = RevocationLetter.objects.visible_to(context["user"]).exclude(pdf="")
    return letters.filter(plaque=plaque).exists()


@register.filter
def entry(table: dict, key):
    """The entry of a table by key, nothing for one it has not."""
    return table.get(key, "")


@register.filter
def sections_met(stored: dict) -> bool:
    """Whether no section of a stored arithmetic fell below its minimum."""
    return all(line["met"] is not False for line in stored["lines"])


@register.filter
def named(row: dict) -> str:
    """The name of a stored line or set in the language of the page."""
    return in_language(row, "name")
