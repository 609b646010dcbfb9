import itertools
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources

from accounts.models import AuditEvent, User

#: Rows of an export that are in memory together.
CHUNK = 2_000


class ListResource(resources.ModelResource):
    """The columns of an exported list, whose rows come a chunk at a time with what the queryset prefetches."""

    def iter_queryset(self, queryset) -> Iterator:
        rows = queryset.iterator(chunk_size=CHUNK)
        while chunk := list(itertools.islice(rows, CHUNK)):
            yield from self.prepared(chunk)

    def prepared(self, rows: list) -> list:
        """The rows of a chunk with what their columns ask for, where the queryset cannot bring it along."""
        return rows


class AuditResource(ListResource):
    at = fields.Field(column_name=_("Time"))
    actor_name = fields.Field("actor_name", column_name=_("Person"))
    action = fields.Field("action_label", column_name=_("Action"))
    result = fields.Field("get_result_display", column_name=_("Result"))
    object_label = fields.Field("object_label", column_name=_("Object"))
    detail = fields.Field(column_name=_("Details"))
    reason = fields.Field("reason", column_name=_("Reason"))
    address = fields.Field("address", column_name=_("Address"))

    class Meta:
        model = AuditEvent
        fields = ("at", "actor_name", "action", "result", "object_label", "detail", "reason", "address")
        export_order = fields

    def dehydrate_at(self, event):
        return timezone.localtime(event.at).strftime("%Y-%m-%d %H:%M:%S")

    def dehydrate_detail(self, event):
        return "; ".join(event.detail_words)


class UserResource(ListResource):
    username = fields.Field("username", column_name=_("User name"))
    title = fields.Field("title", column_name=_("Office title"))
    unit = fields.Field(column_name=_("Unit"))
    roles = fields.Field(column_name=_("Roles"))
    is_active = fields.Field(column_name=_("State"))
    last_login = fields.Field(column_name=_("Last sign-in"))

    class Meta:
        model = User
        fields = ("username", "title", "unit", "roles", "is_active", "last_login")
        export_order = fields

    def dehydrate_unit(self, person):
        return str(person.unit or "")

    def dehydrate_roles(self, person):
        return "; ".join(str(role) for role in person.present_roles)

    def dehydrate_is_active(self, person):
        return str(_("Open") if person.is_active else _("Closed"))

    def dehydrate_last_login(self, person):
        return timezone.localtime(person.last_login).strftime("%Y-%m-%d %H:%M") if person.last_login else ""
