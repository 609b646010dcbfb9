from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Step


class AssessmentState(models.TextChoices):
    SCORING = "scoring", _("Being assessed")
    PASSED = "passed", _("Passed, awaiting deliberation")
    APPROVED = "approved", _("Approved by deliberation")
    RECOMMENDED = "recommended", _("Recommended to the department above")
    CONFIRMED = "confirmed", _("Confirmed by the department above")
    NOTICED = "noticed", _("On public notice")
    AWARDED = "awarded", _("Plaque awarded")
    FAILED = "failed", _("Not passed")
    DECLINED = "declined", _("Declined")


class AssessmentAction(models.TextChoices):
    PASS = "pass", _("Close: passed")
    FAIL = "fail", _("Close: not passed")
    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")
    RECOMMEND = "recommend", _("Recommend")
    CONFIRM = "confirm", _("Record confirmation")
    PUBLISH = "publish", _("Publish notice")
    AWARD = "award", _("Award plaque")


_S, _A = AssessmentState, AssessmentAction

#: One table for every level; which of these steps a level has is data of its rule (`LevelRule.steps`).
ASSESSMENT_TRANSITIONS = {
    (_S.SCORING, _A.PASS): _S.PASSED,
    (_S.SCORING, _A.FAIL): _S.FAILED,
    (_S.PASSED, _A.APPROVE): _S.APPROVED,
    (_S.PASSED, _A.DECLINE): _S.DECLINED,
    (_S.APPROVED, _A.DECLINE): _S.DECLINED,
    (_S.APPROVED, _A.RECOMMEND): _S.RECOMMENDED,
    (_S.RECOMMENDED, _A.CONFIRM): _S.CONFIRMED,
    (_S.RECOMMENDED, _A.DECLINE): _S.DECLINED,
    (_S.CONFIRMED, _A.DECLINE): _S.DECLINED,
    (_S.PASSED, _A.PUBLISH): _S.NOTICED,
    (_S.APPROVED, _A.PUBLISH): _S.NOTICED,
    (_S.CONFIRMED, _A.PUBLISH): _S.NOTICED,
    (_S.NOTICED, _A.DECLINE): _S.DECLINED,
    (_S.PASSED, _A.AWARD): _S.AWARDED,
    (_S.APPROVED, _A.AWARD): _S.AWARDED,
    (_S.CONFIRMED, _A.AWARD): _S.AWARDED,
    (_S.NOTICED, _A.AWARD): _S.AWARDED,
}

#: The steps of a level's rule that lie behind a state.
STEPS_DONE = {
    _S.SCORING: (),
    _S.PASSED: (Step.ACCEPTANCE,),
    _S.APPROVED: (Step.ACCEPTANCE, Step.DELIBERATION),
    _S.RECOMMENDED: (Step.ACCEPTANCE, Step.DELIBERATION, Step.RECOMMENDATION),
    _S.CONFIRMED: (Step.ACCEPTANCE, Step.DELIBERATION, Step.RECOMMENDATION, Step.ANSWER),
}

#: The step of a level's rule that an action carries out.
STEP_OF_ACTION = {
    _A.PASS: Step.ACCEPTANCE,
    _A.FAIL: Step.ACCEPTANCE,
    _A.APPROVE: Step.DELIBERATION,
    _A.RECOMMEND: Step.RECOMMENDATION,
    _A.CONFIRM: Step.ANSWER,
    _A.PUBLISH: Step.NOTICE,
}


class ObjectionOutcome(models.TextChoices):
    OPEN = "open", _("Being looked into")
    DISMISSED = "dismissed", _("Not upheld")
    UPHELD = "upheld", _("Upheld")
