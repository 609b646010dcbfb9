"""What the public reads of a site or of a case: a text and photos that were released, word by word."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import TransitionLog, Unit, User
from accounts.scope import reached_unit_ids
from publicity.enums import StoryState
from publicity.models.cases import ExemplaryCase
from publicity.models.pictures import Picture
from sites.models import Site

#: Being written or handed in: what a release may come of.
UNRELEASED = (StoryState.DRAFT, StoryState.OFFERED)


class StoryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever reads the sites of an area reads what was written for the public of them; a site that moved takes its
        texts along."""
        if not user.is_authenticated:
            return self.none()
        reached = reached_unit_ids(user)
        return self.filter(Q(site=None, area__in=reached) | Q(site__area__in=reached))

    def released(self):
        """The only stories anybody without an account may ever see."""
        return self.filter(state=StoryState.RELEASED)


class Story(models.Model):
    """The public text of one site or one case. Never changed after its release: a change is a new story that, once
    released, replaces it."""

    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="stories")
    case = models.ForeignKey(ExemplaryCase, models.PROTECT, null=True, related_name="stories")
    #: Of whom it was when it was begun; `present_area` says of whom it is.
    area = models.ForeignKey(Unit, models.PROTECT, related_name="+", editable=False)
    title = models.CharField(_("title"), max_length=100)
    summary = models.CharField(_("in short"), max_length=300)
    text = models.TextField(_("text"), max_length=8000)
    state = models.CharField(max_length=10, choices=StoryState, default=StoryState.DRAFT)
    written_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    objects = StoryQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-id"]
        verbose_name = _("text for the public")
        verbose_name_plural = _("texts for the public")
        indexes = [models.Index(fields=["state", "-released_at"], name="story_released")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StoryState.values), name="story_state_known"),
            models.CheckConstraint(
                condition=Q(site__isnull=False, case=None) | Q(site=None, case__isnull=False),
                name="story_of_site_or_case",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False), name="released_story_has_time"
            ),
            models.UniqueConstraint(
                fields=["site"], condition=Q(state="released"), name="one_released_story_of_site"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="released"), name="one_released_story_of_case"
            ),
            models.UniqueConstraint(
                fields=["site"], condition=Q(state__in=("draft", "offered")), name="one_story_draft_of_site"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=("draft", "offered")), name="one_story_draft_of_case"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_state_display(self) -> str:
        """The word of the state; a draft that was dropped was never on the public pages."""
        is_dropped = self.state == StoryState.WITHDRAWN and self.released_at is None
        return _("Dropped") if is_dropped else StoryState(self.state).label

    @property
    def present_area(self) -> Unit:
        """The area whose staff writes it: of a site the one it lies in now."""
        return self.site.area if self.site_id else self.area

    @property
    def unit(self) -> Unit:
        """The unit whose text it is, as the audit trail asks for it."""
        return self.present_area


class StoryLog(TransitionLog):
    subject = models.ForeignKey(Story, models.PROTECT, related_name="log")


class StoryPhotoQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(story__in=Story.objects.visible_to(user))

    def released(self):
        return self.filter(story__state=StoryState.RELEASED)


class StoryPhoto(Picture):
    """A picture of a story, as it was when the story was put together."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="photos")

    objects = StoryPhotoQuerySet.as_manager()
