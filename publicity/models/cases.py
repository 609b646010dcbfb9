"""Exemplary cases (典型): what a site or an area does that others may learn from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids, units_with_role
from applications.models import Cycle
from publicity.enums import CaseState
from publicity.models.pictures import Picture
from sites.models import Site


class ExemplaryCaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Cases of the areas a person reaches; a draft is its area's own until it is nominated."""
        if not user.is_authenticated:
            return self.none()
        own = [unit.pk for unit in units_with_role(user, (Role.UNIT_STAFF,))]
        drafts_of_others = Q(state=CaseState.DRAFT) & ~Q(area__in=own)
        return self.filter(area__in=reached_unit_ids(user)).exclude(drafts_of_others)


class ExemplaryCase(models.Model):
    """One case of one year, of a site or of the area as a whole."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="cases")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("site")
    )
    title = models.CharField(_("title"), max_length=100)
    initials = models.CharField(max_length=100, blank=True, editable=False)
    summary = models.CharField(_("in short"), max_length=300)
    text = models.TextField(_("text"), max_length=8000)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.DRAFT)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    objects = ExemplaryCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("exemplary case")
        indexes = [models.Index(fields=["cycle", "area"], name="case_of_year")]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "area", "title"], name="case_title_once"),
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="case_state_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def unit(self) -> Unit:
        """The unit whose case it is, as the audit trail asks for it."""
        return self.area


class ExemplaryCaseLog(TransitionLog):
    subject = models.ForeignKey(ExemplaryCase, models.PROTECT, related_name="log")


class CasePhotoQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(case__in=ExemplaryCase.objects.visible_to(user))


class CasePhoto(Picture):
    """A picture of a case."""

    case = models.ForeignKey(ExemplaryCase, models.CASCADE, related_name="photos")

    objects = CasePhotoQuerySet.as_manager()
