from sites.models.life import (
    Activity,
    CoBuilder,
    Entry,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    SiteLiaison,
    Venue,
)
from sites.models.plaques import Plaque, PlaqueHandling, PlaqueLog, PlaqueSuspension, new_check_code
from sites.models.programmes import Category, Level, Programme
from sites.models.records import PlaqueRecord, SiteRecord
from sites.models.sites import Site, SiteFigure, SiteLog, SiteUserObjectPermission
from sites.models.tally import NumberSequence, SiteTally

__all__ = [
    "Activity",
    "Category",
    "CoBuilder",
    "Entry",
    "FigureReport",
    "Fund",
    "Level",
    "NumberSequence",
    "OfficeHolder",
    "Photo",
    "Plan",
    "PlanGoal",
    "Plaque",
    "PlaqueHandling",
    "PlaqueLog",
    "PlaqueRecord",
    "PlaqueSuspension",
    "Programme",
    "Secondment",
    "Site",
    "SiteFigure",
    "SiteLiaison",
    "SiteLog",
    "SiteRecord",
    "SiteTally",
    "SiteUserObjectPermission",
    "Venue",
    "new_check_code",
]
