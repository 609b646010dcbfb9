from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from applications.models import Application


class ApplicationResource(ListResource):
    """The list of applications as a workbook, with the columns of the page."""

    number = fields.Field("number", column_name=_("Number"))
    site = fields.Field("site__name", column_name=_("Site"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    level = fields.Field(column_name=_("Level"))
    state = fields.Field("get_state_display", column_name=_("State"))
    submitted = fields.Field(column_name=_("Submitted"))

    class Meta:
        model = Application
        fields = ("number", "site", "category", "area", "level", "state", "submitted")
        export_order = fields

    def dehydrate_category(self, application):
        return str(application.site.category)

    def dehydrate_area(self, application):
        return str(application.area)

    def dehydrate_level(self, application):
        return str(application.level)

    def dehydrate_submitted(self, application):
        if application.submitted_at is None:
            return ""
        return timezone.localtime(application.submitted_at).strftime("%Y-%m-%d %H:%M")
