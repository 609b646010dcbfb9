"""What of an assessment is shown to whom, on its page and in the dossier alike."""

from accounts.enums import Role
from accounts.rules import has_role
from assessments.enums import AssessmentState
from assessments.models import Assessment, ScoreSheet
from assessments.rules import may_lead_assessment
from assessments.scoring import result_of
from assessments.selectors import score_table


def decides_on(user, assessment: Assessment) -> bool:
    """Whether the person is of the office or a leader of the programme: objections and ranks are theirs to read."""
    return may_lead_assessment(user, assessment) or has_role(
        user, Role.LEADER, assessment.application.cycle.programme.owner
    )


def scores_shown(user, assessment: Assessment) -> dict:
    """The sheets this person may see, side by side once handed in, and what they come to.

    `assessment` comes from `assessments_for_list`.
    """
    sheets = list(
        ScoreSheet.objects.visible_to(user)
        .filter(assessment=assessment)
        .select_related("assessor__unit", "assessment")
    )
    handed_in = [sheet for sheet in sheets if sheet.handed_in_at]
    complete = 0 < assessment.sheets_all == assessment.sheets_in
    closed = assessment.state != AssessmentState.SCORING
    return {
        "sheets": sheets,
        "handed_in": handed_in,
        "table": score_table(assessment, handed_in) if handed_in else [],
        "result": result_of(assessment) if closed or (complete and decides_on(user, assessment)) else None,
    }


def objections_shown(user, assessment: Assessment) -> list:
    """The objections to a notice, for those who decide."""
    notice = getattr(assessment, "notice", None)
    if notice is None or not decides_on(user, assessment):
        return []
    return list(notice.objections.select_related("decided_by"))
