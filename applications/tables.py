"""The summary of a year's applications (申报汇总表) an office hands up."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts.tables import Column, OfficialTable
from accounts.words import lazy_day, lazy_list
from applications.enums import ApplicationAction, ApplicationState
from applications.models import Application, ApplicationLog, Cycle
from sites.tables import by_level

#: What ended an application: its words are the remark.
_ENDINGS = (ApplicationAction.REFUSE, ApplicationAction.AWARD, ApplicationAction.DECLINE)


def application_summary(user, cycle: Cycle) -> OfficialTable:
    """What was filed in a cycle and not withdrawn, as far as a person may see it, by level and area."""
    applications = list(
        Application.objects.visible_to(user)
        .filter(cycle=cycle, filed_first_at__isnull=False)
        .exclude(state=ApplicationState.WITHDRAWN)
        .select_related("site__category", "area", "level", "place")
        .order_by("level__rank", "area_id", "filed_first_at", "id")
    )
    words = _last_words(applications)
    return OfficialTable(
        title=_("Summary of the applications of %(cycle)s") % {"cycle": cycle},
        filled_by=str(user.unit or ""),
        made_on=clock.today(),
        columns=_columns(),
        groups=by_level(
            applications,
            lambda application: application.level,
            lambda application: _row(application, words.get(application.pk, "")),
        ),
        total=_("In all %(all)s applications of %(areas)s counties and parks.")
        % {"all": len(applications), "areas": len({application.area_id for application in applications})},
        remarks=(_("Unit of counting: applications. Withdrawn ones are not counted."),),
    )


def _last_words(applications: list[Application]) -> dict[int, str]:
    """The reason (or the plaque's number) with which each application was ended, by its id; one query."""
    rows = ApplicationLog.objects.filter(
        subject__in=[application.pk for application in applications], action__in=_ENDINGS
    )
    return dict(rows.order_by("id").values_list("subject_id", "reason"))


def _columns() -> list[Column]:
    return [
        Column(_("Application number"), 23),
        Column(_("Site name"), 34),
        Column(_("Category"), 11, centred=True),
        Column(_("County or park"), 14, centred=True),
        Column(_("Person in charge"), 18, centred=True),
        Column(_("Filed on"), 17, centred=True),
        Column(_("State or result"), 13, centred=True),
        Column(_("Remarks"), 24),
    ]


def _row(application: Application, words: str) -> list:
    place = getattr(application, "place", None)
    extra = _("Extra place") if place and place.is_extra else ""
    return [
        application.number,
        application.site.name,
        str(application.site.category),
        str(application.area),
        application.site.person_in_charge,
        str(lazy_day(timezone.localdate(application.filed_first_at))),
        application.get_state_display(),
        str(lazy_list([remark for remark in (extra, words) if remark])),
    ]
