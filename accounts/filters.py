import django_filters
from django.core.validators import MaxLengthValidator
from django.db.models import Q
from django.forms import CharField, ModelChoiceField, NullBooleanField, Select
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.enums import AuditResult, Role
from accounts.forms import DateInput, StyledForm
from accounts.models import AuditEvent, RoleAssignment, User
from accounts.vocabulary import action_choices


class StyledFilterSet(django_filters.FilterSet):
    """A filter set whose form looks like all others."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.form.fields.values():
            if type(field) is CharField:
                # SQLite gives up on patterns of tens of thousands of characters.
                field.validators.append(MaxLengthValidator(100))
            if isinstance(field, ModelChoiceField):
                field.empty_label = _("All")
            elif isinstance(field, NullBooleanField):
                field.widget.choices = [("unknown", _("All")), ("true", _("Yes")), ("false", _("No"))]
            elif isinstance(field.widget, Select):
                field.widget.choices = [
                    ("", _("All")),
                    *(pair for pair in field.widget.choices if pair[0] != ""),
                ]

    class Meta:
        form = StyledForm


class UserFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Name or user name"), method="search")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role, method="holding")

    class Meta(StyledFilterSet.Meta):
        model = User
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(username__icontains=value) | Q(title__icontains=value))

    def holding(self, queryset, name, role):
        held = RoleAssignment.objects.on(clock.today()).filter(role=role)
        return queryset.filter(pk__in=held.values("user_id"))


class AuditFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Person, object or reason"), method="search")
    action = django_filters.ChoiceFilter(label=_("Action"), choices=action_choices)
    result = django_filters.ChoiceFilter(label=_("Result"), choices=AuditResult)
    since = django_filters.DateFilter(
        label=_("From"), field_name="at", lookup_expr="date__gte", widget=DateInput()
    )
    until = django_filters.DateFilter(
        label=_("Until"), field_name="at", lookup_expr="date__lte", widget=DateInput()
    )

    class Meta(StyledFilterSet.Meta):
        model = AuditEvent
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(actor_name__icontains=value) | Q(object_label__icontains=value) | Q(reason__icontains=value)
        )
