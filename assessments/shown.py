"""What of an assessment is shown to whom, on its page and in the dossier alike."""

from assessments.enums import AssessmentState
from assessments.models import Assessment, ScoreSheet
from assessments.rules import may_read_decisions
from assessments.scoring import result_of
from assessments.selectors import score_table


def decides_on(user, assessment: Assessment) -> bool:
    """Whether the person is of the office or a leader of the programme: objections and ranks are theirs to read."""
    return may_read_decisions(user, assessment.application.cycle)


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
    result = result_of(assessment) if closed or (complete and decides_on(user, assessment)) else None
    return {
        "sheets": sheets,
        "handed_in": handed_in,
        # Where there is a result its arithmetic shows the lines.
        "table": score_table(assessment, handed_in) if handed_in and not result else [],
        "result": result,
    }


def objections_shown(user, assessment: Assessment) -> list:
    """The objections to a notice, for those who decide."""
    notice = getattr(assessment, "notice", None)
    if notice is None or not decides_on(user, assessment):
        return []
    return list(notice.objections.select_related("decided_by"))
