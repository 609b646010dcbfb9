"""The counts a programme asks of every site, as its file names them."""

from django.utils.translation import gettext as _

from accounts.names import in_english, in_language


def figure_label(figure: dict) -> str:
    """A figure with its unit in the language of the page."""
    name = in_language(figure, "name")
    # An English unit that is written down as empty is none: 个 has no word of its own.
    unit = figure.get("unit_en", figure.get("unit")) if in_english() else figure.get("unit")
    return _("%(name)s (%(unit)s)") % {"name": name, "unit": unit} if unit else name
