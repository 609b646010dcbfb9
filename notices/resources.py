from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from notices.models import Delivery, Message


class MessageResource(ListResource):
    created_at = fields.Field(column_name=_("Time"))
    subject = fields.Field("subject", column_name=_("Subject"))
    body = fields.Field("body", column_name=_("Text"))
    state = fields.Field(column_name=_("State"))

    class Meta:
        model = Message
        fields = ("created_at", "subject", "body", "state")
        export_order = fields

    def dehydrate_created_at(self, message):
        return timezone.localtime(message.created_at).strftime("%Y-%m-%d %H:%M")

    def dehydrate_state(self, message):
        return str(_("Read") if message.read_at else _("Unread"))


class DeliveryResource(ListResource):
    """Without the messages themselves: who looks after the system need not read them."""

    person = fields.Field("message__recipient", column_name=_("Person"))
    unit = fields.Field("message__recipient__unit", column_name=_("Unit"))
    channel = fields.Field("get_channel_display", column_name=_("Channel"))
    state = fields.Field("get_state_display", column_name=_("State"))
    attempts = fields.Field("attempts", column_name=_("Attempts"))
    error = fields.Field("error", column_name=_("Reason"))
    written = fields.Field(column_name=_("Message of"))

    class Meta:
        model = Delivery
        fields = ("person", "unit", "channel", "state", "attempts", "error", "written")
        export_order = fields

    def dehydrate_written(self, delivery):
        return timezone.localtime(delivery.message.created_at).strftime("%Y-%m-%d %H:%M")
