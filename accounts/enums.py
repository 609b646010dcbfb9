from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")
    COUNTY = "county", _("County, city or district")
    PARK = "park", _("Park")
    TOWNSHIP = "township", _("Township or street")
    VILLAGE = "village", _("Village or community")
    ORGANISATION = "organisation", _("Organisation")


#: County-level units: they register sites, file applications and hold quota places.
AREA_KINDS = (UnitKind.COUNTY, UnitKind.PARK)


class Role(models.TextChoices):
    """What a person does. A role is given at a unit and reaches that unit's subtree."""

    UNIT_STAFF = "unit_staff", _("County staff")
    OFFICE = "office", _("Leadership office")
    LEADER = "leader", _("Leader")
    ASSESSOR = "assessor", _("Assessor")
    SUPERVISOR = "supervisor", _("Supervision group member")
    LIAISON = "liaison", _("Site liaison")
    SEAL_KEEPER = "seal_keeper", _("Seal keeper")
    AUDITOR = "auditor", _("Auditor")
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")


#: Administration is parted among people (GB/T 22239-2019): who holds one of these holds no other role.
EXCLUSIVE_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)

#: Roles whose holders read the sites and applications of their whole subtree.
READING_ROLES = (Role.UNIT_STAFF, Role.OFFICE, Role.LEADER)


class ApiScope(models.TextChoices):
    """What another system may be given to read."""

    SITES = "sites", _("Sites")
    PLAQUES = "plaques", _("Plaques")
    APPLICATIONS = "applications", _("States of applications")
    COVERAGE = "coverage", _("Coverage")


class AuditResult(models.TextChoices):
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
