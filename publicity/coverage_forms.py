"""Forms of the register of coverage and of the publicity plan."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.errors import Reason
from accounts.forms import DateInput, StyledForm, UnitField
from accounts.models import Unit
from publicity.coverage_rules import FILES, why_not_link, why_not_published
from publicity.enums import PlannedState
from publicity.models import Coverage, ExemplaryCase, PlannedCoverage
from publicity.pieces import Piece
from publicity.schemes import names_of, schemes_of
from sites.choosing import SiteChoice
from sites.enums import SiteState
from sites.models import Site

_ACCEPTED = ",".join(sorted({f".{ending}" for kinds in FILES.values() for ending in kinds}))
REPRINT = [("yes", _("A reprint of it: kept, not counted again")), ("no", _("An article of its own"))]


class AreaForm(StyledForm):
    """For whom something is recorded, where a person keeps the register of several areas."""

    area = UnitField(label=_("County or park"), queryset=Unit.objects.none())

    def __init__(self, *args, areas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Unit.objects.filter(pk__in=[area.pk for area in areas])


class CoverageForm(StyledForm):
    """One piece in one outlet. `asks_reprint` adds the question that comes up where the title is known already."""

    medium = forms.ChoiceField(label=_("Type of medium"), choices=())
    title = forms.CharField(label=_("Headline"), max_length=200)
    outlet = forms.CharField(
        label=_("Name of the outlet"), max_length=100, help_text=_("Station, newspaper, website or account.")
    )
    outlet_level = forms.ChoiceField(label=_("Level of the outlet"), choices=())
    published_on = forms.DateField(label=_("Published on"), widget=DateInput())
    url = forms.CharField(
        label=_("Link"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        help_text=_("The page is fetched and kept, for the day the link is gone."),
    )
    place = forms.CharField(
        label=_("Programme, page or column"),
        max_length=100,
        required=False,
        help_text=_("Programme and time, page of the newspaper, column of the website."),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        help_text=_(
            "A scan or picture (PDF, JPEG, PNG), of radio a recording (MP3, M4A), of television a film (MP4). "
            "Nothing secret may be uploaded."
        ),
    )
    site = SiteChoice(
        label=_("Site"),
        queryset=Site.objects.none(),
        required=False,
        help_text=_("Part of the name, pinyin initials or plaque number. Left empty: the area in general."),
    )
    case = forms.ModelChoiceField(
        label=_("Exemplary case"),
        queryset=ExemplaryCase.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    planned = forms.ModelChoiceField(
        label=_("Line of the publicity plan"),
        queryset=PlannedCoverage.objects.none(),
        required=False,
        empty_label=_("None: it counts where it fits"),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reprint = forms.ChoiceField(
        label=_("Is it a reprint?"), choices=REPRINT, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args, programme, area, user, entry: Coverage | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        media, levels = names_of(schemes_of(programme))
        _choose(self.fields["medium"], media)
        _choose(self.fields["outlet_level"], levels)
        _offer_sites(self.fields["site"], programme, area, entry)
        cases = ExemplaryCase.objects.visible_to(user).filter(area=area, cycle__programme=programme)
        self.fields["case"].queryset = cases.order_by("-cycle__year", "title")
        lines = PlannedCoverage.objects.filter(
            area=area, cycle__programme=programme, state=PlannedState.PLANNED
        )
        self.fields["planned"].queryset = lines.order_by("-due_on")
        for name in ("case", "planned"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]
        self.asks_reprint = bool(self.data.get("reprint"))

    def clean(self) -> dict:
        """What is wrong with a day or a link by itself is said beside it, with whatever else is wrong."""
        cleaned = super().clean()
        if day := cleaned.get("published_on"):
            self._refuse("published_on", why_not_published(day))
        self._refuse("url", why_not_link(cleaned.get("url", "")))
        return cleaned

    def _refuse(self, name: str, refusal: Reason | None) -> None:
        if refusal is not None:
            self.add_error(name, str(refusal))

    def ask_reprint(self) -> None:
        """The question has come up: it is no longer optional."""
        self.asks_reprint = True
        self.fields["reprint"].required = True

    @classmethod
    def initial_of(cls, entry: Coverage) -> dict:
        """What the form of an entry begins with."""
        names = ("medium", "title", "outlet", "outlet_level", "published_on", "url", "place")
        return {name: getattr(entry, name) for name in names} | {
            "site": entry.site_id,
            "case": entry.case_id,
            "planned": entry.planned_id,
            "revision": entry.revision,
        }

    def shown_fields(self) -> list[forms.BoundField]:
        """The visible fields, without the question that has not come up."""
        return [field for field in self.visible_fields() if field.name != "reprint"]

    def piece(self) -> Piece:
        names = ("medium", "outlet_level", "outlet", "published_on", "title", "place", "url")
        data = self.cleaned_data
        return Piece(
            **{name: data[name].strip() if isinstance(data[name], str) else data[name] for name in names},
            site=data["site"],
            case=data.get("case"),
            planned=data.get("planned"),
        )

    def is_reprint(self) -> bool | None:
        answer = self.cleaned_data.get("reprint")
        return None if not answer else answer == "yes"


class PlannedForm(StyledForm):
    """One line of an area's publicity plan."""

    medium = forms.ChoiceField(label=_("Type of medium"), choices=())
    topic = forms.CharField(label=_("Topic of the coverage"), max_length=200)
    site = SiteChoice(
        label=_("Site"),
        queryset=Site.objects.none(),
        required=False,
        help_text=_("Part of the name, pinyin initials or plaque number. Left empty: the area in general."),
    )
    wanted = forms.IntegerField(label=_("How many pieces"), min_value=1, max_value=100, initial=1)
    due_on = forms.DateField(label=_("By"), widget=DateInput())

    def __init__(self, *args, scheme, area, line: PlannedCoverage | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        _choose(self.fields["medium"], {medium.code: str(medium) for medium in scheme.media})
        _offer_sites(self.fields["site"], scheme.cycle.programme, area, line)

    @classmethod
    def initial_of(cls, line: PlannedCoverage) -> dict:
        """What the form of a line begins with."""
        names = ("medium", "topic", "wanted", "due_on")
        return {name: getattr(line, name) for name in names} | {"site": line.site_id}


def _offer_sites(field: SiteChoice, programme, area, present: Coverage | PlannedCoverage | None) -> None:
    """The active sites of an area, and the one an entry or line has already, closed or moved since."""
    offered = Q(programme=programme, area=area, state=SiteState.ACTIVE)
    if present is not None and present.site_id:
        offered |= Q(pk=present.site_id)
    field.offer(Site.objects.filter(offered), programme=programme.pk, area=area.pk)


def _choose(field: forms.ChoiceField, names: dict[str, str]) -> None:
    field.choices = [("", _("Choose")), *names.items()]
