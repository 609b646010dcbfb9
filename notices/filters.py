import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.filters import StyledFilterSet
from notices.enums import Channel, DeliveryState
from notices.models import Delivery, Message


class DeliveryFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Person or reason"), method="search")
    channel = django_filters.ChoiceFilter(label=_("Channel"), choices=Channel)
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            (state.value, state.label)
            for state in (DeliveryState.FAILED, DeliveryState.UNCONFIRMED, DeliveryState.WAITING)
        ],
    )

    class Meta(StyledFilterSet.Meta):
        model = Delivery
        fields = []

    def search(self, queryset, name, value):
        person = Q(message__recipient__title__icontains=value) | Q(
            message__recipient__username__icontains=value
        )
        return queryset.filter(person | Q(error__icontains=value))


class MessageFilter(StyledFilterSet):
    q = django_filters.CharFilter(label=_("Subject or text"), method="search")
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[("unread", _("Unread")), ("read", _("Read"))], method="in_state"
    )

    class Meta(StyledFilterSet.Meta):
        model = Message
        fields = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(subject__icontains=value) | Q(body__icontains=value))

    def in_state(self, queryset, name, value):
        return queryset.filter(read_at__isnull=value == "unread")
