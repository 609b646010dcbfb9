"""The forms of the editor for indicator sets. What a set must be like is asked by the services, not here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm, StyledMixin
from assessments.enums import IndicatorKind
from assessments.models import Indicator, IndicatorSet


def _points(label, *, required: bool = False, **kwargs) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_value=9999,
        max_digits=6,
        decimal_places=2,
        localize=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"}),
        **kwargs,
    )


class StartForm(StyledForm):
    """From which year the next version holds, and what it is called."""

    from_year = forms.IntegerField(label=_("Holds from the year"), min_value=2000, max_value=2999)
    version = forms.CharField(label=_("Version"), max_length=40)


class VersionForm(StyledMixin, forms.ModelForm):
    """What a version says apart from its lines."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    pass_mark = _points(_("Pass mark"), required=True)
    spread_limit = _points(
        _("Discussion above a spread of"),
        help_text=_("Points between the highest and the lowest total; empty: never required."),
    )
    bonus_cap = _points(_("Most bonus points"), help_text=_("Empty: all of them count."))
    assessors = forms.IntegerField(label=_("Assessors per application"), min_value=1, max_value=20)

    class Meta:
        model = IndicatorSet
        fields = (
            "version",
            "from_year",
            "name",
            "name_en",
            "pass_mark",
            "aggregate",
            "assessors",
            "spread_limit",
            "bonus_cap",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["revision"].initial = self.instance.revision

    def _post_clean(self):
        """The service writes and judges; the draft in the view's hands stays as it was read."""


class LineForm(StyledMixin, forms.ModelForm):
    """One section or line of a draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    code = forms.RegexField(
        label=_("Number"),
        regex=r"^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$",
        max_length=20,
        help_text=_("Letters, digits, points and hyphens, as it is printed: 2.1"),
    )
    parent = forms.ModelChoiceField(
        label=_("Section"), queryset=Indicator.objects.none(), required=False, empty_label=_("(first level)")
    )
    points = _points(_("Points"), help_text=_("Most points; not for sections and vetoes."))
    minimum = _points(
        _("Minimum"), help_text=_("Of a section: fewer points fail the site whatever its total.")
    )

    class Meta:
        model = Indicator
        fields = (
            "kind",
            "parent",
            "code",
            "name",
            "name_en",
            "points",
            "minimum",
            "standard",
            "method",
            "evidence_wanted",
        )
        widgets = {
            "standard": forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
            "evidence_wanted": forms.TextInput(attrs={"maxlength": 300}),
        }

    def __init__(self, *args, indicator_set: IndicatorSet, **kwargs):
        super().__init__(*args, **kwargs)
        sections = indicator_set.indicators.filter(kind=IndicatorKind.HEADING)
        if self.instance.pk:
            sections = sections.exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = sections
        self.fields["parent"].label_from_instance = lambda line: f"{line.code} {line}"
        self.fields["revision"].initial = indicator_set.revision
        self.fields["standard"].max_length = 2000

    def _post_clean(self):
        """The service writes and judges; the line in the view's hands stays as it was read."""


class PublishForm(StyledForm):
    """The last look: what all points together come to, said by a person, and why the version changes."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    total = _points(
        _("All points together"),
        required=True,
        help_text=_("Bonus not counted. It must be what the lines add up to."),
    )
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        help_text=_("Kept with the publication, for instance the number of the minutes."),
    )
