from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import StyledForm
from accounts.models import User


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person):
        return f"{person.audit_label} · {person.unit}"


class JoinForm(StyledForm):
    user = PersonField(label=_("Person"), queryset=User.objects.none())

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
