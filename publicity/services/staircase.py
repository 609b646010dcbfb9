"""The one place of this app that assigns states."""

from accounts.models import TransitionLog, Unit
from accounts.staircase import Staircase
from publicity import enums, models
from publicity.case_rules import why_not_case_action
from publicity.coverage_rules import why_not_coverage_action, why_not_planned_action
from publicity.story_rules import why_not_story_action


def _area(obj) -> Unit:
    return obj.area


_STAIRCASES = {
    models.Coverage: Staircase(
        enums.COVERAGE_TRANSITIONS, why_not_coverage_action, models.CoverageLog, _area
    ),
    models.PlannedCoverage: Staircase(
        enums.PLANNED_TRANSITIONS, why_not_planned_action, models.PlannedCoverageLog, _area
    ),
    models.ExemplaryCase: Staircase(
        enums.CASE_TRANSITIONS, why_not_case_action, models.ExemplaryCaseLog, _area
    ),
    models.Story: Staircase(enums.STORY_TRANSITIONS, why_not_story_action, models.StoryLog, _area),
}


def transition(
    *, obj, action: str, actor, reason: str = "", content_hash: str = "", **changes
) -> TransitionLog:
    """Move an object of this app along its table; `changes` are fields written with the state. Returns the log row.

    Raises DomainError when the table has no such move or the guard gives a reason.
    """
    return _STAIRCASES[type(obj)].climb(
        obj, action, actor, reason, content_hash=content_hash, changes=changes
    )
