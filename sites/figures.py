"""The counts a programme asks of every site, as its file names them."""

from django.utils.translation import gettext as _

from accounts.names import in_language


def figure_label(figure: dict) -> str:
    """A figure with its unit in the language of the page."""
    name = in_language(figure, "name")
    if not figure.get("unit"):
        return name
    return _("%(name)s (%(unit)s)") % {"name": name, "unit": in_language(figure, "unit")}
