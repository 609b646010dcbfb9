"""The JSON a device sends of a visit, read into plain values; words say which entry cannot be read."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import DomainError, Reason
from accounts.forms import take_as_seen
from accounts.models import Unit
from accounts.scope import reached_unit_ids
from sites.models import Site
from supervision.enums import FindingKind
from supervision.models import PlannedVisit, SupervisionGroup

NOT_READABLE = gettext_lazy("What the device sent cannot be read.")


class MomentField(forms.DateTimeField):
    """A moment by the clock of a device or camera; one far off (a clock never set) is left out, not refused."""

    def to_python(self, value):
        moment = super().to_python(value)
        return moment if moment and 1971 <= moment.year <= 2200 else None


class DeviceForm(forms.Form):
    """Takes texts as they are seen, as the forms of the pages do."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            take_as_seen(field)


class RecordForm(DeviceForm):
    group = forms.ModelChoiceField(SupervisionGroup.objects.none(), label=gettext_lazy("Supervision group"))
    site = forms.ModelChoiceField(Site.objects.none(), label=gettext_lazy("Site"), required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Unit"), required=False)
    planned = forms.ModelChoiceField(
        PlannedVisit.objects.none(), label=gettext_lazy("Visit of the plan"), required=False
    )
    visited_on = forms.DateField(label=gettext_lazy("Date of the visit"))
    present = forms.CharField(label=gettext_lazy("People present"), max_length=500, required=False)
    summary = forms.CharField(label=gettext_lazy("What was seen"), max_length=5000, required=False)
    checklist = forms.CharField(label=gettext_lazy("Checklist"), max_length=40, required=False)
    kept_at = MomentField(required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["group"].queryset = SupervisionGroup.objects.visible_to(user)
        self.fields["site"].queryset = Site.objects.visible_to(user).select_related("unit", "category")
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=reached_unit_ids(user))
        self.fields["planned"].queryset = PlannedVisit.objects.visible_to(user)

    def clean(self):
        data = super().clean()
        if not self.errors and not (data["site"] or data["unit"]):
            raise forms.ValidationError(_("Choose the site or the unit that was visited."))
        return data


class PositionForm(DeviceForm):
    latitude = forms.FloatField(min_value=-90, max_value=90)
    longitude = forms.FloatField(min_value=-180, max_value=180)
    accuracy = forms.FloatField(min_value=0, required=False)


class PhotoForm(DeviceForm):
    uid = forms.UUIDField()
    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z")
    size = forms.IntegerField(min_value=1, label=gettext_lazy("Size"))
    note = forms.CharField(max_length=200, required=False, label=gettext_lazy("Note on the photo"))
    taken_at = MomentField(required=False)


class FindingForm(DeviceForm):
    uid = forms.UUIDField()
    kind = forms.ChoiceField(choices=FindingKind, label=gettext_lazy("Kind of finding"))
    severity = forms.CharField(max_length=40, label=gettext_lazy("Severity"))
    text = forms.CharField(max_length=5000, label=gettext_lazy("What was found"))
    remedy = forms.CharField(max_length=5000, required=False, label=gettext_lazy("What is proposed"))
    owner = forms.ModelChoiceField(
        Unit.objects.none(), required=False, label=gettext_lazy("Unit that puts it right")
    )
    due_on = forms.DateField(required=False, label=gettext_lazy("Due"))

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["owner"].queryset = Unit.objects.filter(pk__in=reached_unit_ids(user))


def read_record(user, data) -> dict:
    """The keyword arguments of `receive_inspection` but actor and uid, from a device's JSON.

    What the person may not see is refused like what does not exist. Raises DomainError with every entry that cannot
    be read.
    """
    if not isinstance(data, dict):
        raise DomainError(str(NOT_READABLE))
    values = _cleaned(RecordForm(_texts(data), user=user))
    site, unit, checklist_code = (values.pop(name) for name in ("site", "unit", "checklist"))
    answers = data.get("answers") or {}
    if not isinstance(answers, dict):
        raise DomainError(str(NOT_READABLE))
    return {
        **values,
        "target": site or unit,
        "checklist_code": checklist_code,
        "answers": answers,
        "position": _position(data.get("position")),
        "photos": [
            _cleaned(PhotoForm(_texts(row))) | {"position": _position(row.get("position"))}
            for row in _rows(data, "photos")
        ],
        "findings": [_cleaned(FindingForm(_texts(row), user=user)) for row in _rows(data, "findings")],
    }


def _rows(data: dict, key: str) -> list[dict]:
    rows = data.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DomainError(str(NOT_READABLE))
    return rows


def _position(value) -> dict | None:
    if not value:
        return None
    if not isinstance(value, dict):
        raise DomainError(str(NOT_READABLE))
    return _cleaned(PositionForm(_texts(value)))


def _texts(row: dict) -> dict[str, str]:
    """The values as a browser's form would send them: fields read text only."""
    return {key: "" if value is None else str(value) for key, value in row.items()}


def _cleaned(form: forms.Form) -> dict:
    if form.is_valid():
        return form.cleaned_data
    words = []
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else None
        said = _("%(what)s: %(words)s")
        words += [said % {"what": label, "words": error} if label else str(error) for error in errors]
    raise DomainError(Reason(text=" ".join([str(NOT_READABLE), *words])))
