"""The annual review (复核) of sites with plaques, and proposals to take a plaque back (收回授牌)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids
from applications.models import Cycle
from assessments.enums import ProposalState, ReviewOpinion, ReviewState
from sites.models import Plaque, Site
from sites.storage import paper_path


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reviews of the areas a person reaches: county staff, visiting groups, office and leaders."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(area_id__in=reached_unit_ids(user))


class Review(models.Model):
    """The review of one site in one cycle: report of the county, visit of the group, result."""

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="reviews")
    site = models.ForeignKey(Site, models.PROTECT, related_name="reviews")
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("county or park"))
    state = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.OPEN)
    opened_at = models.DateTimeField()
    #: The last day for the county's report.
    report_by = models.DateField(null=True)
    #: What was known when the form was opened: {code: {"value", "source", "as_of"}}.
    prefill = models.JSONField(default=dict)
    #: The county's values by field code; a value equal to the prefilled one keeps its source.
    data = models.JSONField(default=dict)
    #: Counts every save of the form, to notice a second window.
    revision = models.PositiveIntegerField(default=1)
    reported_at = models.DateTimeField(null=True)
    #: What the result rests on, in words; needed for every result but a plain pass.
    findings = models.TextField(_("findings"), max_length=2000, blank=True)
    rectify_by = models.DateField(_("rectify by"), null=True)
    rectification = models.TextField(_("what was put right"), max_length=2000, blank=True)
    decided_on = models.DateField(_("day of the result"), null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-cycle__year", "area_id", "id"]
        verbose_name = _("annual review")
        constraints = [
            models.UniqueConstraint(fields=["cycle", "site"], name="one_review_a_year"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(
                condition=~Q(state="rectifying") | Q(rectify_by__isnull=False), name="rectifying_has_date"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle.year} {self.site}"


class ReviewLog(TransitionLog):
    subject = models.ForeignKey(Review, models.PROTECT, related_name="log")


class ReviewedPlaque(models.Model):
    """A plaque the rule put on the list; a site may be reviewed for plaques of two levels at once."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="plaques")
    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="reviews")

    class Meta:
        ordering = ["plaque__level__rank", "id"]
        constraints = [models.UniqueConstraint(fields=["review", "plaque"], name="plaque_reviewed_once")]

    def __str__(self) -> str:
        return f"{self.review} {self.plaque}"


class ReviewVisitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(review__in=Review.objects.visible_to(user))


class ReviewVisit(models.Model):
    """What a group saw on the spot and proposes; the second look after a rectification is a visit of its own."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="visits")
    visited_on = models.DateField(_("visited on"))
    group = models.CharField(_("group"), max_length=200)
    findings = models.TextField(_("findings"), max_length=2000)
    opinion = models.CharField(_("opinion of the group"), max_length=10, choices=ReviewOpinion)
    file = models.FileField(_("photo or paper"), upload_to=paper_path, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = ReviewVisitQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("review visit")

    def __str__(self) -> str:
        return f"{self.review} {self.visited_on}"


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(plaque__site__area_id__in=reached_unit_ids(user))


class RevocationProposal(models.Model):
    """That a plaque be taken back: from a failed review or found otherwise. A person decides."""

    plaque = models.ForeignKey(Plaque, models.PROTECT, related_name="proposals")
    review = models.ForeignKey(Review, models.PROTECT, null=True, blank=True, related_name="proposals")
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    reason = models.TextField(_("reason"), max_length=2000)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    minutes_number = models.CharField(_("number of the minutes"), max_length=100, blank=True)
    opinion = models.TextField(_("opinion"), max_length=1000, blank=True)
    #: Of a plaque of the department above: what it answered, and when.
    answer_number = models.CharField(_("number of the answer"), max_length=100, blank=True)
    answered_on = models.DateField(_("day of the answer"), null=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("proposal to take a plaque back")
        constraints = [
            models.UniqueConstraint(
                fields=["plaque"],
                condition=Q(state__in=("proposed", "passed_on")),
                name="one_open_proposal_per_plaque",
            ),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.plaque}"


class ProposalLog(TransitionLog):
    subject = models.ForeignKey(RevocationProposal, models.PROTECT, related_name="log")


class LetterQuerySet(models.QuerySet):
    def visible_to(self, user):
        if not user.is_authenticated:
            return self.none()
        return self.filter(plaque__site__area_id__in=reached_unit_ids(user))


class RevocationLetter(models.Model):
    """The letter that tells the unit its plaque was taken back; made in the background, never made anew."""

    plaque = models.OneToOneField(Plaque, models.PROTECT, related_name="revocation_letter")
    number = models.CharField(_("number"), max_length=100)
    issued_on = models.DateField(_("issued on"))
    #: What it says, fixed together with the number; the PDF follows and is never made anew.
    content = models.JSONField(default=dict)
    pdf = models.FileField(upload_to=paper_path, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter on a plaque taken back")

    def __str__(self) -> str:
        return self.number
