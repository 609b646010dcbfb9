from django.utils.translation import gettext_lazy as _
from import_export import fields

from accounts.resources import ListResource
from assessments.models import Assessment
from assessments.selectors import with_next


class AssessmentResource(ListResource):
    """The list of assessments as a workbook, with the columns of the page."""

    site = fields.Field("application__site__name", column_name=_("Site name"))
    number = fields.Field("application__number", column_name=_("Number"))
    category = fields.Field(column_name=_("Category"))
    area = fields.Field(column_name=_("County or park"))
    level = fields.Field(column_name=_("Level"))
    state = fields.Field("get_state_display", column_name=_("State"))
    sheets = fields.Field(column_name=_("Sheets handed in"))
    score = fields.Field("score", column_name=_("Score"))
    next = fields.Field(column_name=_("What is next"))
    due = fields.Field(column_name=_("Due"))

    class Meta:
        model = Assessment
        fields = (
            "site",
            "number",
            "category",
            "area",
            "level",
            "state",
            "sheets",
            "score",
            "next",
            "due",
        )
        export_order = fields

    def prepared(self, rows):
        return with_next(rows)

    def dehydrate_category(self, assessment):
        return str(assessment.application.site.category)

    def dehydrate_area(self, assessment):
        return str(assessment.application.area)

    def dehydrate_level(self, assessment):
        return str(assessment.application.level)

    def dehydrate_sheets(self, assessment):
        return f"{assessment.sheets_in} / {assessment.sheets_all}"

    def dehydrate_score(self, assessment):
        # As a number, not as text, so that the sheet can be sorted and summed.
        return assessment.score

    def dehydrate_next(self, assessment):
        return str(assessment.next or "")

    def dehydrate_due(self, assessment):
        return assessment.next.due.isoformat() if assessment.next and assessment.next.due else ""
