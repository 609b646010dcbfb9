"""The one place of this app that assigns states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.errors import Reason
from accounts.models import TransitionLog
from accounts.staircase import climb
from publicity import enums, models
from publicity.case_rules import why_not_case_action
from publicity.coverage_rules import why_not_coverage_action, why_not_planned_action
from publicity.story_rules import why_not_story_action


@dataclass(frozen=True)
class Staircase:
    """What a kind of object moves by: its table, who may move it, and where that is logged."""

    table: Mapping[tuple[str, str], str]
    guard: Callable[..., Reason | None]
    log_model: type[TransitionLog]


_STAIRCASES = {
    models.Coverage: Staircase(enums.COVERAGE_TRANSITIONS, why_not_coverage_action, models.CoverageLog),
    models.PlannedCoverage: Staircase(
        enums.PLANNED_TRANSITIONS, why_not_planned_action, models.PlannedCoverageLog
    ),
    models.ExemplaryCase: Staircase(enums.CASE_TRANSITIONS, why_not_case_action, models.ExemplaryCaseLog),
    models.Story: Staircase(enums.STORY_TRANSITIONS, why_not_story_action, models.StoryLog),
}


def transition(
    *, obj, action: str, actor, reason: str = "", content_hash: str = "", **changes
) -> TransitionLog:
    """Move an object of this app along its table; `changes` are fields written with the state. Returns the log row.

    Raises DomainError when the table has no such move or the guard gives a reason.
    """
    stairs = _STAIRCASES[type(obj)]
    return climb(
        obj=obj,
        action=action,
        actor=actor,
        reason=reason,
        table=stairs.table,
        guard=stairs.guard,
        log_model=stairs.log_model,
        content_hash=content_hash,
        unit=obj.area,
        changes=changes,
    )
