import datetime
import secrets

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.models import TransitionLog, User
from accounts.written_numbers import MOST, bare
from sites.enums import (
    ENDED_STATES,
    HELD_STATES,
    IN_FORCE_STATES,
    HandlingKind,
    PlaqueOrigin,
    PlaqueState,
)
from sites.models.programmes import Level
from sites.models.sites import Site
from sites.storage import paper_path


class PlaqueQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def seen_by(self, user):
        """The same, asked of each row: for some rows of many, where a list of all sites in reach costs more."""
        return self.filter(Exists(Site.objects.visible_to(user).filter(pk=OuterRef("site"))))

    def in_force(self, day=None):
        """Plaques in force now, or (from their dated rows) on a past day. A suspended one is not in force, nor one
        whose validity is over, whether or not that was written down already."""
        if day is None:
            return self.filter(_still_valid(clock.today()), state__in=IN_FORCE_STATES)
        ended_later = Q(ended_on=None) | Q(ended_on__gt=day)
        suspended = PlaqueSuspension.objects.on(day).filter(plaque=OuterRef("pk"))
        return self.filter(
            ended_later,
            _still_valid(day),
            ~Exists(suspended),
            awarded_on__lte=day,
            state__in=(*IN_FORCE_STATES, PlaqueState.SUSPENDED, *ENDED_STATES),
        )

    def held(self):
        """Plaques that take the site's place at their level: in force, suspended, or waiting for confirmation."""
        return self.filter(state__in=HELD_STATES)

    def update(self, **values):
        if "number" in values:
            values["bare_number"] = bare(values["number"])
        return super().update(**values)


def _still_valid(day: datetime.date) -> Q:
    return Q(valid_until=None) | Q(valid_until__gte=day)


_ENDED = [state.value for state in ENDED_STATES]


def new_check_code() -> str:
    """The unguessable part of a plaque's public check address."""
    return secrets.token_urlsafe(12)


class BareNumberField(models.CharField):
    """The letters and digits of `number`. Found whenever a row is saved or created, alone or many at once, so that
    nobody has to think of it."""

    def pre_save(self, instance, add: bool) -> str:
        setattr(instance, self.attname, bare(instance.number))
        return super().pre_save(instance, add)


class Plaque(models.Model):
    """A plaque of one site at one level. A dated row: whatever ends it only dates its end, a later award or a
    replacement is a new row."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="plaques")
    level = models.ForeignKey(Level, models.PROTECT, related_name="plaques")
    number = models.CharField(_("number"), max_length=100)
    #: By which it is found however it is typed.
    bare_number = BareNumberField(max_length=MOST, blank=True, default="", editable=False)
    awarded_on = models.DateField(_("awarded on"))
    #: Of a replacement: the award of the plaque it replaces, from which holding goes on counting.
    held_since = models.DateField(_("held since"), null=True, blank=True)
    #: The last day of its validity, where the level has a period.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    #: By when what was found must be put right (state “in rectification”).
    rectify_by = models.DateField(_("rectify by"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    state = models.CharField(max_length=10, choices=PlaqueState, default=PlaqueState.VALID)
    origin = models.CharField(max_length=12, choices=PlaqueOrigin)
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("basis"), blank=True)
    paper = models.FileField(_("award paper"), upload_to=paper_path, blank=True)
    paper_name = models.CharField(max_length=200, blank=True)
    check_code = models.CharField(max_length=24, unique=True, default=new_check_code, editable=False)

    objects = PlaqueQuerySet.as_manager()

    class Meta:
        ordering = ["level__rank", "-awarded_on", "-id"]
        verbose_name = _("plaque")
        # The search reads letters and digits, states and sites from it, without the plaques themselves.
        indexes = [models.Index(fields=["bare_number", "state", "site"], name="plaque_searched")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "level"],
                condition=Q(state__in=("valid", "rectifying", "suspended", "claimed")),
                name="one_valid_plaque_per_level",
            ),
            models.UniqueConstraint(
                fields=["level", "number"], condition=~Q(state="refused"), name="plaque_number_once_per_level"
            ),
            models.CheckConstraint(condition=Q(state__in=PlaqueState.values), name="plaque_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=_ENDED, ended_on__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_on=None)),
                name="plaque_ended_has_end",
            ),
            models.CheckConstraint(
                condition=Q(held_since=None) | Q(held_since__lte=F("awarded_on")),
                name="plaque_held_since_award",
            ),
            models.CheckConstraint(
                condition=Q(state="rectifying", rectify_by__isnull=False) | ~Q(state="rectifying"),
                name="plaque_rectifying_has_date",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("awarded_on")), name="plaque_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def save(self, *args, update_fields=None, **options):
        if update_fields is not None and "number" in update_fields:
            update_fields = {*update_fields, "bare_number"}
        super().save(*args, update_fields=update_fields, **options)

    @property
    def counted_from(self) -> datetime.date:
        """The day from which the site has held this plaque or the one it replaces."""
        return self.held_since or self.awarded_on


class PlaqueLog(TransitionLog):
    subject = models.ForeignKey(Plaque, models.PROTECT, related_name="log")


class PlaqueSuspensionQuerySet(models.QuerySet):
    def on(self, day):
        """Suspensions that hold on a day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), begins_on__lte=day)


class PlaqueSuspension(models.Model):
    """A stretch in which a plaque did not count, from a day up to (not including) another."""

    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="suspensions")
    begins_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True)
    reason = models.TextField(_("reason"))

    objects = PlaqueSuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["begins_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["plaque"], condition=Q(ended_on=None), name="one_open_suspension"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("begins_on")), name="suspension_dates_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plaque} {self.begins_on}–{self.ended_on or ''}"


class PlaqueHandlingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(plaque__in=Plaque.objects.visible_to(user))


class PlaqueHandling(models.Model):
    """What was done with the metal plaque: hung up, taken down and handed in, lost. Photo or receipt as wished."""

    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="handlings")
    kind = models.CharField(_("what was done"), max_length=10, choices=HandlingKind)
    done_on = models.DateField(_("on"))
    receipt_number = models.CharField(_("number of the receipt"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    file = models.FileField(_("photo or receipt"), upload_to=paper_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = PlaqueHandlingQuerySet.as_manager()

    class Meta:
        ordering = ["done_on", "id"]
        verbose_name = _("handling of a plaque")

    def __str__(self) -> str:
        return f"{self.plaque} {self.get_kind_display()} {self.done_on}"
