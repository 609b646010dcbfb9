"""The counts a programme asks of every site, as its file names them."""

from django.utils.translation import gettext as _

from accounts.names import in_english, in_language


def figure_label(figure: dict, *, short: bool = False) -> str:
    """A figure with its unit in the language of the page; `short`: by its short name, if any, as over a column."""
    brief = figure.get("short_name_en" if in_english() else "short_name") if short else None
    name = brief or in_language(figure, "name")
    # An English unit that is written down as empty is none: 个 has no word of its own.
    unit = figure.get("unit_en", figure.get("unit")) if in_english() else figure.get("unit")
    return _("%(name)s (%(unit)s)") % {"name": name, "unit": unit} if unit else name
