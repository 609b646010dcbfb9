import datetime
import secrets

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.enums import Role
from accounts.models import TransitionLog, Unit, User
from accounts.names import TwoLanguageName
from accounts.rules import has_role
from accounts.scope import granted_ids, reached_unit_ids
from sites.enums import (
    ENDED_STATES,
    HELD_STATES,
    IN_FORCE_STATES,
    Awarder,
    HandlingKind,
    PlaqueOrigin,
    PlaqueState,
    SiteState,
    WhenBelowEnds,
)
from sites.storage import paper_path


class Programme(TwoLanguageName):
    """A demonstration-site programme as its owner department runs it."""

    code = models.CharField(max_length=60, unique=True)
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="programmes")
    #: What every site reports by year, from the programme file: [{"code", "name", "name_en", "unit"}].
    figures = models.JSONField(default=list)
    #: First day of the first year run here: plaques from before are registered, later ones awarded after assessment.
    kept_since = models.DateField(null=True)

    class Meta:
        verbose_name = _("programme")


class Level(TwoLanguageName):
    """One rung of a programme's ladder, e.g. county, city, province."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="levels")
    code = models.CharField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    awarded_by = models.CharField(max_length=10, choices=Awarder)
    #: Placeholders {category}, {area}, {year}, {number}; empty where the department above gives the number.
    plaque_number = models.CharField(max_length=100, blank=True)
    #: How long a plaque of the level holds from the award on; None: until it is taken back.
    validity_months = models.PositiveSmallIntegerField(null=True)
    when_below_ends = models.CharField(max_length=10, choices=WhenBelowEnds, default=WhenBelowEnds.KEEP)

    class Meta:
        ordering = ["rank"]
        verbose_name = _("level")
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="level_code_once"),
            models.UniqueConstraint(fields=["programme", "rank"], name="level_rank_once"),
            models.CheckConstraint(condition=Q(awarded_by__in=Awarder.values), name="level_awarder_known"),
            models.CheckConstraint(
                condition=Q(when_below_ends__in=WhenBelowEnds.values), name="level_below_rule_known"
            ),
        ]


class Category(TwoLanguageName):
    """A kind of site a programme knows, e.g. park, project, community, village."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="categories")
    code = models.CharField(max_length=40)
    #: The character that stands for the category in plaque numbers.
    mark = models.CharField(max_length=10, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("category")
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="category_code_once")]


class SiteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sites of the units the person reaches, and single sites given with guardian."""
        if not user.is_authenticated:
            return self.none()
        scope = Q(unit_id__in=reached_unit_ids(user))
        if has_role(user, Role.ASSESSOR) or has_role(user, Role.SUPERVISOR):
            scope |= Q(pk__in=granted_ids(SiteUserObjectPermission, user, "view_site"))
        return self.filter(scope)


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
        indexes = [
            models.Index(fields=["area", "id"]),
            models.Index(fields=["unit", "id"]),
            models.Index(fields=["programme", "category", "area"]),
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


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))


class Activity(models.Model):
    """One entry of a site's ledger of activities. Numbers of people, never their names."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="activities", verbose_name=_("site"))
    held_on = models.DateField(_("date"))
    name = models.CharField(_("activity"), max_length=100)
    place = models.CharField(_("place"), max_length=100, blank=True)
    participants = models.PositiveIntegerField(_("number of participants"), null=True, blank=True)
    description = models.TextField(_("short description"), max_length=1000, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        verbose_name = _("activity")
        constraints = [
            models.UniqueConstraint(fields=["site", "held_on", "name"], name="activity_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.name}"


class PlaqueQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(site__in=Site.objects.visible_to(user))

    def in_force(self, day=None):
        """Plaques in force now, or (from their dated rows) on a past day. A suspended one is not in force."""
        if day is None:
            return self.filter(state__in=IN_FORCE_STATES)
        ended_later = Q(ended_on=None) | Q(ended_on__gt=day)
        still_holds = Q(valid_until=None) | Q(valid_until__gte=day)
        suspended = PlaqueSuspension.objects.on(day).filter(plaque=OuterRef("pk"))
        return self.filter(
            ended_later,
            still_holds,
            ~Exists(suspended),
            awarded_on__lte=day,
            state__in=(*IN_FORCE_STATES, PlaqueState.SUSPENDED, *ENDED_STATES),
        )

    def held(self):
        """Plaques that take the site's place at their level: in force, suspended, or waiting for confirmation."""
        return self.filter(state__in=HELD_STATES)


_ENDED = [state.value for state in ENDED_STATES]


def new_check_code() -> str:
    """The unguessable part of a plaque's public check address."""
    return secrets.token_urlsafe(12)


class Plaque(models.Model):
    """A plaque of one site at one level. A dated row: whatever ends it only dates its end, a later award or a
    replacement is a new row."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="plaques")
    level = models.ForeignKey(Level, models.PROTECT, related_name="plaques")
    number = models.CharField(_("number"), max_length=100)
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

    class Meta:
        ordering = ["done_on", "id"]
        verbose_name = _("handling of a plaque")

    def __str__(self) -> str:
        return f"{self.plaque} {self.get_kind_display()} {self.done_on}"


class RecordQuerySet(models.QuerySet):
    def at(self, moment):
        """What the records said at a moment: one row for each site or plaque known by then."""
        return self.filter(Q(superseded_at=None) | Q(superseded_at__gt=moment), recorded_at__lte=moment)


class Record(models.Model):
    """What was on record of a site or plaque, from one moment of writing to the next (by the clock of the office, not
    by the dates written). Lists “as of” a day read these, so they say what an export of that day said."""

    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    #: Every value a list shows, in the words of that time.
    shown = models.JSONField(default=dict)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["id"]


class SiteRecord(Record):
    site = models.ForeignKey(Site, models.PROTECT, related_name="records")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["site", "recorded_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=Q(superseded_at=None), name="one_standing_site_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.recorded_at:%Y-%m-%d %H:%M}"


class PlaqueRecord(Record):
    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="records")
    level = models.ForeignKey(Level, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)

    class Meta(Record.Meta):
        indexes = [models.Index(fields=["plaque", "recorded_at"])]
        constraints = [
            models.UniqueConstraint(
                fields=["plaque"], condition=Q(superseded_at=None), name="one_standing_plaque_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.plaque_id} {self.recorded_at:%Y-%m-%d %H:%M}"


class NumberSequence(models.Model):
    """The last number given in one series; taken under a row lock, so numbers have neither gaps nor doubles."""

    series = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class SiteTally(models.Model):
    """How many active sites (level empty) or sites with a valid plaque (by level) an area has in a category.

    Kept by the services that register sites and give or take plaques, so that a dashboard reads some dozens of
    rows whatever the number of sites; `recount_sites` rebuilds it.
    """

    area = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    level = models.ForeignKey(Level, models.CASCADE, null=True, related_name="+")
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "category", "level"], condition=Q(level__isnull=False), name="tally_once"
            ),
            models.UniqueConstraint(
                fields=["area", "category"], condition=Q(level=None), name="tally_once_of_sites"
            ),
            models.CheckConstraint(condition=Q(count__gte=0), name="tally_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id}/{self.category_id}/{self.level_id}: {self.count}"
