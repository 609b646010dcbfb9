"""A form field for several files."""

from django import forms


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Shows a choice of several files; the view takes them by accounts.uploads.chosen_files."""

    widget = FilesInput

    def __init__(self, *args, kinds: dict[str, str], **kwargs):
        super().__init__(*args, required=False, **kwargs)
        self.widget.attrs |= {"multiple": True, "accept": ",".join(f".{kind}" for kind in sorted(kinds))}

    def clean(self, data, initial=None) -> list:
        """Each file that was chosen; what they are is checked where they are kept."""
        return [super(FilesField, self).clean(file, initial) for file in data or []]
