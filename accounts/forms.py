import datetime

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.hidden import without_hidden
from accounts.models import Unit, User

#: What Django writes where nothing is chosen yet.
DASHES = "---------"


class StyledMixin:
    """Gives every widget its Bootstrap class, takes texts as they are seen, and leads to what was entered wrong, so
    that no form repeats it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            style(field.widget)
            name_empty_choice(field)
            take_as_seen(field)

    def full_clean(self):
        """The page opens at the first wrong entry."""
        super().full_clean()
        wrong = [name for name in self.fields if name in (self._errors or {})]
        if wrong:
            for field in self.fields.values():
                field.widget.attrs.pop("autofocus", None)
            self.fields[wrong[0]].widget.attrs["autofocus"] = True

    def wrong_fields(self) -> list[forms.BoundField]:
        """Visible fields with an error, in the order of the page."""
        return [field for field in self.visible_fields() if field.errors]


def name_empty_choice(field: forms.Field) -> None:
    """Say "Choose" where Django draws dashes; a form may give the empty choice a better name afterwards."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = _("Choose")
    elif isinstance(field, forms.ChoiceField):
        choices = list(field.widget.choices)
        if ("", DASHES) in choices:
            field.widget.choices = [("", _("Choose")), *(pair for pair in choices if pair[0] != "")]


def take_as_seen(field: forms.Field) -> None:
    """Let a field drop the characters nobody sees before anything looks at its text; passwords stay as typed."""
    if not isinstance(field, forms.CharField) or not field.strip:
        return
    read = field.to_python

    def read_as_seen(value):
        return read(without_hidden(value) if isinstance(value, str) else value)

    field.to_python = read_as_seen


def style(widget: forms.Widget) -> None:
    """Put the Bootstrap class that fits the kind of widget."""
    if isinstance(widget, forms.CheckboxInput):
        css = "form-check-input"
    elif isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
        css = "form-select"
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        css = "form-check-input"
    else:
        css = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()


class DateInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class StyledForm(StyledMixin, forms.Form):
    pass


class LoginForm(StyledMixin, AuthenticationForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        # Django tells only the browser; the count of failures cannot store a longer one.
        username.validators.append(MaxLengthValidator(username.max_length))


class OwnPasswordForm(StyledMixin, PasswordChangeForm):
    def clean_new_password1(self):
        """A first password that stays is no password of one's own."""
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise forms.ValidationError(_("Choose a password that differs from the present one."))
        return password


class ReasonForm(StyledForm):
    """A step that needs a written reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000})
    )


class DayForm(StyledForm):
    day = forms.DateField(
        label=_("Day"),
        widget=DateInput(),
        validators=[
            MinValueValidator(datetime.date(2000, 1, 1)),
            MaxValueValidator(datetime.date(2099, 12, 31)),
        ],
    )


class UnitField(forms.ModelChoiceField):
    """Units by name with the unit above them: many have an office of the same name."""

    def label_from_instance(self, unit):
        return f"{unit} · {unit.parent}" if unit.parent else str(unit)


class NewUserForm(StyledForm):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("Letters, digits and @ . + - _ only. It cannot be changed later."),
    )
    title = forms.CharField(label=_("Office title"), max_length=100)
    unit = UnitField(label=_("Unit"), queryset=Unit.objects.none())
    email = forms.EmailField(label=_("E-mail"), required=False)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("The person has to change it when signing in for the first time."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units

    def clean_username(self):
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is taken."))
        return username

    def clean(self):
        """The first password obeys the same rules as every other."""
        cleaned = super().clean()
        if password := cleaned.get("password"):
            person = User(username=cleaned.get("username", ""), email=cleaned.get("email", ""))
            try:
                validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class GrantRoleForm(StyledForm):
    #: A liaison's role comes with a site: by itself it would show nothing.
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[pair for pair in Role.choices if pair[0] != Role.LIAISON],
        help_text=_("A site's liaisons are appointed by the county on the page of the site."),
    )
    unit = UnitField(label=_("At the unit"), queryset=Unit.objects.none())

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units
