from sites.models.liaisons import SiteLiaison
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
    Venue,
)
from sites.models.plaques import Plaque, PlaqueHandling, PlaqueLog, PlaqueSuspension, new_check_code
from sites.models.programmes import Category, Level, Programme
from sites.models.records import AreaFigure, FigureRecord, PlaqueRecord, SiteRecord
from sites.models.sites import Site, SiteFigure, SiteLog, SiteUserObjectPermission
from sites.models.tally import NumberSequence, TallyBalance, TallyCell, TallyMovement

__all__ = [
    "Activity",
    "AreaFigure",
    "Category",
    "CoBuilder",
    "Entry",
    "FigureRecord",
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
    "SiteUserObjectPermission",
    "TallyBalance",
    "TallyCell",
    "TallyMovement",
    "Venue",
    "new_check_code",
]
