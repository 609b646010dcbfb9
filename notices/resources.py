from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from notices.models import Message


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
