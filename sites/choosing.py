"""Choosing one of many sites in a form: by part of the name, pinyin initials or plaque number.

The page holds the site chosen and no other. With a script the field suggests while somebody types (static/chooser.js,
sites:choose); without one the form comes back with the sites that fit, to be ticked.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.wanted import wanted
from sites.searching import MOST_OFFERED, site_label, sites_fitting

HELP = _("Part of the name, pinyin initials or plaque number.")


@dataclass(frozen=True)
class Typed:
    """What was typed and not yet settled to a site."""

    text: str

    def __str__(self) -> str:
        return self.text


class SiteChooser(forms.Widget):
    """A text field beside the hidden id of the site. `<name>_asked` is what the id belongs to: once something else is
    typed, the id no longer counts."""

    template_name = "sites/parts/chooser.html"
    #: What else the suggestions are narrowed by: parameters of sites:choose.
    narrowed: dict = {}
    #: The sites that fit what was typed, when somebody has to say which is meant.
    found: tuple = ()
    is_more = False

    def value_from_datadict(self, data, files, name):
        chosen, typed = data.get(name, ""), data.get(f"{name}_typed")
        if typed is None or (chosen and typed == data.get(f"{name}_asked")):
            return chosen
        return Typed(typed.strip()) if typed.strip() else ""

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_typed" not in data

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        site = None if isinstance(value, Typed) else self.choices.field.site_of(value)
        text = str(value) if isinstance(value, Typed) else site_label(site) if site else ""
        address = f"{reverse('sites:choose')}?{urlencode(self.narrowed, doseq=True)}"
        context["widget"] |= {"site": site, "text": text, "address": address}
        return context | {"found": self.found, "is_more": self.is_more}


class SiteChoice(forms.ModelChoiceField):
    """One site of those offered to the form."""

    widget = SiteChooser
    default_error_messages = {
        "none_fits": _("No site fits “%(typed)s”."),
        "which": _("Tick the site that is meant."),
    }

    def __init__(self, *args, help_text=HELP, **kwargs):
        super().__init__(*args, help_text=help_text, **kwargs)

    def offer(self, sites, **narrowed) -> None:
        """Offer these sites; `narrowed` says the same to the suggestions: programme, area (one or several ids),
        category, without (an id)."""
        self.queryset = sites
        self.widget.narrowed = {name: value for name, value in narrowed.items() if value}

    def site_of(self, value):
        """The site of an id that is offered, else None."""
        try:
            return self.queryset.select_related("area").filter(pk=value).first() if value else None
        except (TypeError, ValueError):
            return None

    def label_from_instance(self, site) -> str:
        return site_label(site)

    def to_python(self, value):
        return self._meant(value.text) if isinstance(value, Typed) else super().to_python(value)

    def _meant(self, typed: str):
        """The one site that is called so. Anything less is asked back, with what fits: nothing is guessed."""
        named = self.queryset.select_related("area").filter(name__in=[typed, typed.rsplit(" · ", 1)[0]])
        same = [site for site in named if typed in (site.name, site_label(site))]
        if len(same) == 1:
            return same[0]
        found = list(sites_fitting(self.queryset, wanted(typed))[: MOST_OFFERED + 1])
        self.widget.found, self.widget.is_more = tuple(found[:MOST_OFFERED]), len(found) > MOST_OFFERED
        code = "which" if found else "none_fits"
        raise forms.ValidationError(self.error_messages[code], code=code, params={"typed": typed})
