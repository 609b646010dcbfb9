from sites.models.plaques import Plaque, PlaqueHandling, PlaqueLog, PlaqueSuspension, new_check_code
from sites.models.programmes import Category, Level, Programme
from sites.models.records import PlaqueRecord, SiteRecord
from sites.models.sites import Activity, Site, SiteFigure, SiteLog, SiteUserObjectPermission
from sites.models.tally import NumberSequence, SiteTally

__all__ = [
    "Activity",
    "Category",
    "Level",
    "NumberSequence",
    "Plaque",
    "PlaqueHandling",
    "PlaqueLog",
    "PlaqueRecord",
    "PlaqueSuspension",
    "Programme",
    "Site",
    "SiteFigure",
    "SiteLog",
    "SiteRecord",
    "SiteTally",
    "SiteUserObjectPermission",
    "new_check_code",
]
