"""What a site keeps about itself: ledgers of counts, offices and things, never of private persons."""

from decimal import ROUND_DOWN, Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, User
from sites.life_enums import STANDING_STATES, EntryState, HolderRole
from sites.models.sites import Site
from sites.storage import paper_path


class EntryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def confirmed(self):
        """What counts: figures, reviews, dossiers and sums read these."""
        return self.filter(state=EntryState.CONFIRMED)

    def standing(self):
        """Confirmed ones and those that wait for confirmation."""
        return self.filter(state__in=STANDING_STATES)


class Entry(models.Model):
    """One entry of a ledger. A change is a new entry that replaces this one; nothing is deleted."""

    site = models.ForeignKey(
        Site, models.PROTECT, related_name="%(class)ss", verbose_name=_("site"), editable=False
    )
    state = models.CharField(max_length=10, choices=EntryState, default=EntryState.PROPOSED, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    recorded_at = models.DateTimeField(editable=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    #: Why it was not confirmed or taken back.
    reason = models.TextField(blank=True, editable=False)
    #: The entry whose place this one takes once it is confirmed.
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="superseded_by", editable=False
    )

    #: Fields of a day or year by which the ledger is filtered: a single one, or the two ends of a span.
    year_fields: tuple[str, ...] = ()

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["site"], condition=Q(state="proposed"), name="%(class)s_waiting"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="%(class)s_state_known"),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(state="proposed"), name="%(class)s_changed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The entry in a few words."""
        return self.name


class Activity(Entry):
    """Something held at a site. Numbers of people, never their names."""

    year_fields = ("held_on",)

    site = models.ForeignKey(
        Site, models.PROTECT, related_name="activities", verbose_name=_("site"), editable=False
    )
    held_on = models.DateField(_("date"))
    name = models.CharField(_("activity"), max_length=100)
    place = models.CharField(_("place"), max_length=100, blank=True)
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    description = models.TextField(_("short description"), max_length=1000, blank=True)

    class Meta(Entry.Meta):
        ordering = ["-held_on", "-id"]
        verbose_name = _("activity")
        constraints = [
            *Entry.Meta.constraints,
            models.UniqueConstraint(
                fields=["site", "held_on", "name"], condition=Q(state="confirmed"), name="activity_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["site", "held_on", "name"],
                condition=Q(state="proposed"),
                name="activity_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.name}"


class Venue(Entry):
    """A place the site keeps for its work (阵地): a reading room, a workstation, a meeting room."""

    year_fields = ("since",)

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind of venue"), max_length=40)
    area = models.DecimalField(
        _("area (square metres)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    since = models.DateField(_("in use since"), null=True, blank=True)
    open_hours = models.CharField(_("open hours"), max_length=100, blank=True)

    class Meta(Entry.Meta):
        verbose_name = _("venue")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(area=None) | Q(area__gt=0), name="venue_area_positive"),
        ]


class CoBuilder(Entry):
    """A unit that helps to build the site (共建单位), and with what."""

    year_fields = ("begins_on", "ends_on")

    name = models.CharField(_("co-building unit"), max_length=100)
    supports = models.CharField(_("what it supports"), max_length=300)
    begins_on = models.DateField(_("agreement from"), null=True, blank=True)
    ends_on = models.DateField(_("agreement until"), null=True, blank=True)

    class Meta(Entry.Meta):
        verbose_name = _("co-builder")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(begins_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("begins_on")),
                name="cobuilder_dates_ordered",
            ),
        ]


class OfficeHolder(Entry):
    """Who answers for the site by office: title and unit, no number to call, nothing private."""

    year_fields = ("begins_on", "ends_on")

    role = models.CharField(_("role"), max_length=20, choices=HolderRole)
    name = models.CharField(_("office title"), max_length=100)
    unit_name = models.CharField(_("unit"), max_length=100)
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Entry.Meta):
        ordering = ["role", "-begins_on", "-id"]
        verbose_name = _("office-holder")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(role__in=HolderRole.values), name="officeholder_role_known"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="officeholder_dates_ordered"
            ),
        ]

    @property
    def title(self) -> str:
        return f"{self.get_role_display()} · {self.unit_name} {self.name}"


class Secondment(Entry):
    """Cadres seconded to the site: how many, from which unit."""

    year_fields = ("begins_on", "ends_on")

    number = models.PositiveIntegerField(_("number of cadres"), validators=[MinValueValidator(1)])
    name = models.CharField(_("from the unit"), max_length=100)
    begins_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Entry.Meta):
        ordering = ["-begins_on", "-id"]
        verbose_name = _("secondment")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(number__gte=1), name="secondment_somebody"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("begins_on")), name="secondment_dates_ordered"
            ),
        ]


class Fund(Entry):
    """Money for the site, in yuan."""

    year_fields = ("year",)

    name = models.CharField(_("source"), max_length=100)
    amount = models.DecimalField(
        _("amount (yuan)"), max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    purpose = models.CharField(_("purpose"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"))
    received_on = models.DateField(_("received on"), null=True, blank=True)

    class Meta(Entry.Meta):
        ordering = ["-year", "-id"]
        verbose_name = _("fund")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(amount__gt=0), name="fund_amount_positive"),
        ]


class FigureReport(Entry):
    """The site's counts of one year, as somebody reports them; once confirmed they are its figures."""

    year_fields = ("year",)

    year = models.PositiveSmallIntegerField(_("year"))
    #: Figure code to a number as text ("507", "36.50"); codes left out stay as they are.
    values = models.JSONField(default=dict)

    class Meta(Entry.Meta):
        ordering = ["-year", "-id"]
        verbose_name = _("figures of a year")
        constraints = [
            *Entry.Meta.constraints,
            models.UniqueConstraint(
                fields=["site", "year"], condition=Q(state="proposed"), name="figures_proposed_once"
            ),
        ]

    @property
    def title(self) -> str:
        return str(self.year)


class Plan(Entry):
    """What the site means to do from one year to another, e.g. a three-year plan."""

    year_fields = ("from_year", "to_year")

    name = models.CharField(_("plan"), max_length=100)
    from_year = models.PositiveSmallIntegerField(_("first year"))
    to_year = models.PositiveSmallIntegerField(_("last year"))
    summary = models.TextField(_("short description"), max_length=1000, blank=True)

    class Meta(Entry.Meta):
        ordering = ["-from_year", "-id"]
        verbose_name = _("plan")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(to_year__gte=F("from_year")), name="plan_years_ordered"),
        ]

    @property
    def title(self) -> str:
        return f"{self.name} ({self.from_year}–{self.to_year})"


class PlanGoal(Entry):
    """One goal of one year of a plan, and how far it has come. Progress reported later is a newer entry."""

    year_fields = ("year",)

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="goals", verbose_name=_("plan"))
    year = models.PositiveSmallIntegerField(_("year"))
    name = models.CharField(_("goal"), max_length=300)
    target = models.DecimalField(_("target number"), max_digits=14, decimal_places=2, null=True, blank=True)
    measure = models.CharField(_("counted in"), max_length=20, blank=True)
    reached = models.DecimalField(_("reached so far"), max_digits=14, decimal_places=2, null=True, blank=True)
    percent = models.PositiveSmallIntegerField(
        _("progress (%)"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    is_done = models.BooleanField(_("done"), default=False)

    class Meta(Entry.Meta):
        ordering = ["year", "id"]
        verbose_name = _("goal of a plan")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100), name="plangoal_percent_most"
            ),
            models.CheckConstraint(
                condition=(Q(target=None) | Q(target__gt=0)) & (Q(reached=None) | Q(reached__gte=0)),
                name="plangoal_numbers_positive",
            ),
        ]

    @property
    def progress(self) -> int:
        """How far it has come, 0 to 100: done is all of it, else the number reached, else the share entered."""
        if self.is_done:
            return 100
        if self.target and self.reached is not None:
            share = (self.reached * 100 / self.target).quantize(Decimal(1), rounding=ROUND_DOWN)
            return min(100, int(share))
        return self.percent or 0


class Photo(Entry):
    """A picture of the gallery: shrunk, without what the camera wrote into it."""

    year_fields = ("taken_on",)

    name = models.CharField(_("title"), max_length=100)
    taken_on = models.DateField(_("taken on"))
    alt = models.CharField(
        _("what is to be seen"),
        max_length=200,
        help_text=_("Read out to those who cannot see the picture. No names of private persons."),
    )
    image = models.FileField(upload_to=paper_path, editable=False)
    thumbnail = models.FileField(upload_to=paper_path, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)

    class Meta(Entry.Meta):
        ordering = ["-taken_on", "-id"]
        verbose_name = _("photo")


class ActivityLog(TransitionLog):
    subject = models.ForeignKey(Activity, models.PROTECT, related_name="log")


class VenueLog(TransitionLog):
    subject = models.ForeignKey(Venue, models.PROTECT, related_name="log")


class CoBuilderLog(TransitionLog):
    subject = models.ForeignKey(CoBuilder, models.PROTECT, related_name="log")


class OfficeHolderLog(TransitionLog):
    subject = models.ForeignKey(OfficeHolder, models.PROTECT, related_name="log")


class SecondmentLog(TransitionLog):
    subject = models.ForeignKey(Secondment, models.PROTECT, related_name="log")


class FundLog(TransitionLog):
    subject = models.ForeignKey(Fund, models.PROTECT, related_name="log")


class FigureReportLog(TransitionLog):
    subject = models.ForeignKey(FigureReport, models.PROTECT, related_name="log")


class PlanLog(TransitionLog):
    subject = models.ForeignKey(Plan, models.PROTECT, related_name="log")


class PlanGoalLog(TransitionLog):
    subject = models.ForeignKey(PlanGoal, models.PROTECT, related_name="log")


class PhotoLog(TransitionLog):
    subject = models.ForeignKey(Photo, models.PROTECT, related_name="log")
