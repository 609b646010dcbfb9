"""The forms of exemplary cases and of texts for the public."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from accounts.forms import StyledForm, StyledMixin
from accounts.models import Unit
from publicity.models import CasePhoto, ExemplaryCase, Story
from publicity.services.stories import MOST_PHOTOS

_WORDS = ("title", "summary", "text")
_TEXT = {
    "summary": forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    "text": forms.Textarea(attrs={"rows": 14, "maxlength": 8000}),
}


class WordsForm(StyledMixin, forms.ModelForm):
    """Title, short text and text, with the revision they were loaded with."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args, instance=None, **kwargs):
        super().__init__(*args, instance=instance, **kwargs)
        if instance is not None and instance.pk:
            self.fields["revision"].initial = instance.revision
        else:
            del self.fields["revision"]

    def _post_clean(self):
        """The fields alone: what is written into the object is the service's to say."""

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in _WORDS}

    def take_on(self, obj) -> list[tuple[str, str]]:
        """Go on, with what was typed, about the object as somebody else left it: saving again is then deliberate.

        Returns label and present words of what differs.
        """
        self.data = self.data.copy()
        self.data["revision"] = obj.revision
        typed = self.words()
        return [
            (self[name].label, getattr(obj, name))
            for name in _WORDS
            if " ".join(typed[name].split()) != " ".join(getattr(obj, name).split())
        ]


class CaseForm(WordsForm):
    area = forms.ModelChoiceField(label=_("County or park"), queryset=Unit.objects.none())

    class Meta:
        model = ExemplaryCase
        fields = ["title", "summary", "text"]
        widgets = _TEXT
        help_texts = {
            "summary": _("Two or three sentences: what was done, and what came of it."),
            "text": _("Background, what was done, results, what others may take from it."),
        }

    field_order = ["area", "title", "summary", "text"]

    def __init__(self, *args, areas=(), **kwargs):
        """`areas`: the units to choose from where the person writes for several."""
        super().__init__(*args, **kwargs)
        if len(areas) > 1:
            self.fields["area"].queryset = Unit.objects.filter(pk__in=[area.pk for area in areas])
        else:
            del self.fields["area"]


class CasePhotoForm(StyledForm):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG or PNG. Position and camera are removed. State secrets must not be uploaded."),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png"}),
    )
    caption = forms.CharField(label=_("Caption"), max_length=CasePhoto._meta.get_field("caption").max_length)
    alt = forms.CharField(
        label=_("What is to be seen"),
        max_length=CasePhoto._meta.get_field("alt").max_length,
        help_text=_("Read out to those who cannot see the picture. No names of private persons."),
    )

    def __init__(self, *args, stopped: DomainError | None = None, **kwargs):
        """`stopped` is the refusal of a picture that was too large to arrive."""
        super().__init__(*args, **kwargs)
        if stopped:
            self.fields["picture"].error_messages["required"] = str(stopped)


class StoryForm(WordsForm):
    """The text and which of the photos go with it."""

    photos = forms.ModelMultipleChoiceField(
        label=_("Photos"),
        queryset=CasePhoto.objects.none(),
        required=False,
        widget=forms.MultipleHiddenInput(),
    )

    class Meta:
        model = Story
        fields = ["title", "summary", "text"]
        widgets = _TEXT
        help_texts = {
            "title": _("Anybody reads it: no names of private persons, no telephone, no inner matters."),
            "summary": _("Shown in lists and feeds: two or three sentences."),
            "text": _("An empty line begins a new paragraph."),
        }

    def __init__(self, *args, photos, **kwargs):
        """`photos`: what may be chosen from."""
        super().__init__(*args, **kwargs)
        self.fields["photos"].queryset = photos

    def clean_photos(self):
        chosen = self.cleaned_data["photos"]
        if len(chosen) > MOST_PHOTOS:
            raise forms.ValidationError(
                _("At most %(most)s photos: %(chosen)s are ticked.")
                % {"most": MOST_PHOTOS, "chosen": len(chosen)}
            )
        return chosen


class ReleaseForm(StyledForm):
    """What the office looked at, and that it looked at what seems to be private."""

    revision = forms.IntegerField(widget=forms.HiddenInput())
    is_checked = forms.BooleanField(
        label=_("I have looked at these places: none of them is a private person's."), required=False
    )
