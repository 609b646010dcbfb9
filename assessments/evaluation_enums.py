"""States and steps of the quarterly evaluation of units (季度考评)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EvaluationState(models.TextChoices):
    """Where the evaluation of one quarter stands."""

    OPEN = "open", _("Under way")
    SCORED = "scored", _("With the units for confirmation")
    CLOSED = "closed", _("Closed")


class EvaluationAction(models.TextChoices):
    SEND = "send", _("Send to the units for confirmation")
    CLOSE = "close", _("Close the quarter")


EVALUATION_TRANSITIONS = {
    (EvaluationState.OPEN, EvaluationAction.SEND): EvaluationState.SCORED,
    (EvaluationState.SCORED, EvaluationAction.CLOSE): EvaluationState.CLOSED,
}


class UnitEvaluationState(models.TextChoices):
    """Where one unit's result of a quarter stands."""

    OPEN = "open", _("Under way")
    SENT = "sent", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    SILENT = "silent", _("Taken as confirmed: no answer by the last day")
    OBJECTED = "objected", _("Objection raised")
    DECIDED = "decided", _("Objection decided")


class UnitEvaluationAction(models.TextChoices):
    SEND = "send", _("Send for confirmation")
    CONFIRM = "confirm", _("Confirm")
    OBJECT = "object", _("Raise an objection")
    LAPSE = "lapse", _("The last day has passed")
    DECIDE = "decide", _("Decide the objection")


_S, _A = UnitEvaluationState, UnitEvaluationAction

UNIT_EVALUATION_TRANSITIONS = {
    (_S.OPEN, _A.SEND): _S.SENT,
    (_S.SENT, _A.CONFIRM): _S.CONFIRMED,
    (_S.SENT, _A.OBJECT): _S.OBJECTED,
    (_S.SENT, _A.LAPSE): _S.SILENT,
    (_S.OBJECTED, _A.DECIDE): _S.DECIDED,
}

#: States in which nothing is asked of the unit or about it any more: the quarter may be closed.
SETTLED = (_S.CONFIRMED, _S.SILENT, _S.DECIDED)


class TalkState(models.TextChoices):
    """A proposal to talk to a unit that came out last in its class (约谈) and to manage it as a key unit."""

    PROPOSED = "proposed", _("Proposed, waiting for the decision")
    ORDERED = "ordered", _("Decided: talk to be held")
    DROPPED = "dropped", _("Decided: no talk")
    HELD = "held", _("Talk held")


class TalkAction(models.TextChoices):
    ORDER = "order", _("Order the talk")
    DROP = "drop", _("Leave it")
    HOLD = "hold", _("Record the talk")


TALK_TRANSITIONS = {
    (TalkState.PROPOSED, TalkAction.ORDER): TalkState.ORDERED,
    (TalkState.PROPOSED, TalkAction.DROP): TalkState.DROPPED,
    (TalkState.ORDERED, TalkAction.HOLD): TalkState.HELD,
}
