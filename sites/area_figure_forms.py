"""The form of what a county or park reports of itself; which figures there are is the programme's data."""

from decimal import Decimal

from django import forms

from accounts.forms import StyledForm, style
from sites.figures import figure_label


class AreaFiguresForm(StyledForm):
    def __init__(self, *args, programme, values: dict, **kwargs):
        super().__init__(*args, **kwargs)
        self.programme = programme
        for figure in programme.area_figures:
            field = forms.DecimalField(
                label=figure_label(figure),
                required=False,
                min_value=0,
                max_digits=16,
                decimal_places=2,
                initial=_plain(values.get(figure["code"])),
            )
            style(field.widget)
            self.fields[figure["code"]] = field

    def values(self) -> dict:
        """The figures by code; None where nothing was entered."""
        return {figure["code"]: self.cleaned_data[figure["code"]] for figure in self.programme.area_figures}


def _plain(value: Decimal | None) -> str:
    """A number as people type it: no decimals where there are none."""
    return "" if value is None else f"{value.normalize():f}"
