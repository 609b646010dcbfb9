"""The register of coverage as a workbook: its columns are those the import reads."""

from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from publicity.coverage_selectors import with_names
from publicity.models import Coverage


class CoverageResource(ListResource):
    area = fields.Field(column_name=_("County or park"))
    category = fields.Field(column_name=_("Category"))
    site = fields.Field(column_name=_("Site name"))
    medium = fields.Field("medium_name", column_name=_("Type of medium"))
    title = fields.Field("title", column_name=_("Headline"))
    outlet = fields.Field("outlet", column_name=_("Name of the outlet"))
    outlet_level = fields.Field("level_name", column_name=_("Level of the outlet"))
    published_on = fields.Field(column_name=_("Published on"))
    place = fields.Field("place", column_name=_("Programme, page or column"))
    url = fields.Field("url", column_name=_("Link"))
    reprint = fields.Field(column_name=_("Reprint"))

    class Meta:
        model = Coverage
        fields = (
            "area", "category", "site", "medium", "title", "outlet", "outlet_level", "published_on", "place",
            "url", "reprint",
        )  # fmt: skip
        export_order = fields

    def prepared(self, rows):
        return with_names(rows)

    def dehydrate_area(self, entry):
        return str(entry.area)

    def dehydrate_category(self, entry):
        return str(entry.site.category) if entry.site else ""

    def dehydrate_site(self, entry):
        return entry.site.name if entry.site else ""

    def dehydrate_published_on(self, entry):
        return entry.published_on.isoformat()

    def dehydrate_reprint(self, entry):
        return str(_("yes") if entry.same_as_id else _("no"))
