from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.rules import has_role
from accounts.scope import granted_ids, reached_unit_ids
from sites.enums import SiteState
from sites.models.programmes import Category, Programme


def scope_of(user, *, site: str, kept: bool = False) -> Q:
    """Rows of the units the person reaches, and of single sites given with guardian; `site` is the way to its id.

    `kept`: also of the sites a liaison keeps. A liaison sees the site and its ledgers, not what inspectors and
    assessors write about it.
    """
    scope = Q(unit_id__in=reached_unit_ids(user))
    if has_role(user, Role.ASSESSOR) or has_role(user, Role.SUPERVISOR):
        scope |= Q(**{f"{site}__in": granted_ids(SiteUserObjectPermission, user, "view_site")})
    if kept and has_role(user, Role.LIAISON):
        scope |= Q(**{f"{site}__in": granted_ids(SiteUserObjectPermission, user, "keep_site")})
    return scope


class SiteQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(scope_of(user, site="pk", kept=True))


class Site(models.Model):
    """A demonstration site or a candidate for one: a park, project, community or village, never a person."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="sites")
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), related_name="sites")
    #: The county-level unit that answers for the site.
    area = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("county or park"), related_name="area_sites"
    )
    #: Where it stands: a township of the area, or the area itself.
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("township or street"), related_name="sites")
    name = models.CharField(_("site name"), max_length=100)
    initials = models.CharField(max_length=100, blank=True, editable=False)
    address = models.CharField(_("address"), max_length=200)
    person_in_charge = models.CharField(
        _("person in charge"), max_length=100, help_text=_("Name or office title.")
    )
    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    profile = models.TextField(_("short description"), max_length=1000, blank=True)
    is_flagship = models.BooleanField(_("flagship"), default=False)
    state = models.CharField(max_length=10, choices=SiteState, default=SiteState.ACTIVE)
    registered_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    #: The site that goes on in its place, after a merger.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged_sites"
    )

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        ordering = ["-id"]
        permissions = [("keep_site", "Keeps the ledgers of this site")]
        indexes = [
            models.Index(fields=["area", "id"]),
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["programme", "category", "area"]),
            # Searches read names and initials from it, without the sites themselves.
            models.Index(fields=["unit", "name", "initials"], name="site_searched"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["area", "category", "name"], name="site_name_once_per_area"),
            models.CheckConstraint(condition=Q(state__in=SiteState.values), name="site_state_known"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None)),
                name="site_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SiteUserObjectPermission(UserObjectPermissionBase):
    """Guardian grant on one site, e.g. its liaison."""

    content_object = models.ForeignKey(Site, models.CASCADE)


class SiteLog(TransitionLog):
    subject = models.ForeignKey(Site, models.PROTECT, related_name="log")


class SiteFigure(models.Model):
    """One count of one site in one year: members, enterprises, jobs … as the programme file names them."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="figures")
    year = models.PositiveSmallIntegerField(_("year"))
    code = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "year", "code"], name="figure_once_per_year"),
            models.CheckConstraint(condition=Q(value__gte=0), name="figure_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year}: {self.value}"
