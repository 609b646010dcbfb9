from django.db import models
from django.utils.translation import gettext_lazy as _


class CoverageState(models.TextChoices):
    RECORDED = "recorded", _("Recorded")
    WITHDRAWN = "withdrawn", _("Taken back")


class CoverageAction(models.TextChoices):
    WITHDRAW = "withdraw", _("Take back")


COVERAGE_TRANSITIONS = {(CoverageState.RECORDED, CoverageAction.WITHDRAW): CoverageState.WITHDRAWN}


class LinkState(models.TextChoices):
    """What the last look at a link said."""

    UNCHECKED = "unchecked", _("Not looked at yet")
    ALIVE = "alive", _("Opens")
    FAILING = "failing", _("Did not open the last time")
    DEAD = "dead", _("No longer opens")


class PlannedState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DROPPED = "dropped", _("Dropped")


class PlannedAction(models.TextChoices):
    DROP = "drop", _("Drop")


PLANNED_TRANSITIONS = {(PlannedState.PLANNED, PlannedAction.DROP): PlannedState.DROPPED}


class CaseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    NOMINATED = "nominated", _("Nominated")
    SELECTED = "selected", _("Selected")
    NOT_SELECTED = "declined", _("Not selected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CaseAction(models.TextChoices):
    NOMINATE = "nominate", _("Nominate")
    RETURN = "return", _("Return for correction")
    SELECT = "select", _("Select")
    DECLINE = "decline", _("Do not select")
    WITHDRAW = "withdraw", _("Withdraw")


CASE_TRANSITIONS = {
    (CaseState.DRAFT, CaseAction.NOMINATE): CaseState.NOMINATED,
    (CaseState.NOMINATED, CaseAction.RETURN): CaseState.DRAFT,
    (CaseState.NOMINATED, CaseAction.SELECT): CaseState.SELECTED,
    (CaseState.NOMINATED, CaseAction.DECLINE): CaseState.NOT_SELECTED,
    (CaseState.DRAFT, CaseAction.WITHDRAW): CaseState.WITHDRAWN,
    (CaseState.NOMINATED, CaseAction.WITHDRAW): CaseState.WITHDRAWN,
}


class StoryState(models.TextChoices):
    """What the public reads is a story in the state “released”; nothing else ever shows."""

    DRAFT = "draft", _("Draft")
    OFFERED = "offered", _("Handed in for release")
    RELEASED = "released", _("Released")
    REPLACED = "replaced", _("Replaced by a newer one")
    WITHDRAWN = "withdrawn", _("Taken off the public pages")


class StoryAction(models.TextChoices):
    OFFER = "offer", _("Hand in for release")
    SEND_BACK = "send_back", _("Send back")
    RELEASE = "release", _("Release to the public")
    REPLACE = "replace", _("Replace")
    WITHDRAW = "withdraw", _("Take off the public pages")
    DROP = "drop", _("Drop")


STORY_TRANSITIONS = {
    (StoryState.DRAFT, StoryAction.OFFER): StoryState.OFFERED,
    # The end of a text that was never released: its state has a word of its own then (Story.get_state_display).
    (StoryState.DRAFT, StoryAction.DROP): StoryState.WITHDRAWN,
    (StoryState.OFFERED, StoryAction.SEND_BACK): StoryState.DRAFT,
    (StoryState.OFFERED, StoryAction.RELEASE): StoryState.RELEASED,
    # Only ever together with the release of the next one.
    (StoryState.RELEASED, StoryAction.REPLACE): StoryState.REPLACED,
    (StoryState.RELEASED, StoryAction.WITHDRAW): StoryState.WITHDRAWN,
}
