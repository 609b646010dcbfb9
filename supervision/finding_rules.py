"""Who may do what with a finding, and why not now.

Three parties have a part in it: the owner unit puts right (its own staff, or the county's above it), the group that
found it looks again and leads it up the ladder, and another office that was asked helps. The leadership office may
do what a group may, and answers for an office that has nobody of its own.
"""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role, UnitKind
from accounts.errors import Reason
from accounts.models import Unit
from accounts.rules import has_role, why_not_role
from accounts.words import lazy_day
from supervision.enums import (
    COORDINATION_TRANSITIONS,
    ESCALATION_TRANSITIONS,
    FINDING_TRANSITIONS,
    OFFICE_PROPOSAL_TRANSITIONS,
    REQUEST_TRANSITIONS,
    CoordinationAction,
    CoordinationState,
    EscalationAction,
    FindingAction,
    FindingKind,
    FindingState,
    OfficeProposalAction,
    RequestState,
)
from supervision.finding_days import finding_rules_of, rung_day
from supervision.models import (
    Coordination,
    DueExtension,
    Escalation,
    Finding,
    OfficeProposal,
    ReminderLetter,
    SupervisionGroup,
)
from supervision.rules import is_office, why_not_group_work

_F, _A = FindingState, FindingAction
#: What is written with these is kept and read by those it concerns.
_NEED_WORDS = (_A.REFER, _A.ANSWER, _A.REPORT, _A.REOPEN, _A.DROP)


def answering_units(finding: Finding) -> list[Unit]:
    """Where staff answer for putting a finding right: the owner unit, and the county or park above it."""
    inside = finding.area_id != finding.owner_id and finding.area.contains(finding.owner)
    return [finding.owner, finding.area] if inside else [finding.owner]


def is_owner_staff(user, finding: Finding) -> bool:
    """Whether the person reports for the owner unit; for an office outside the county the leadership office may."""
    if any(has_role(user, Role.UNIT_STAFF, unit) for unit in answering_units(finding)):
        return True
    outside = not finding.area.contains(finding.owner)
    return outside and is_office(user, finding.group.programme.owner)


def open_question(finding: Finding) -> Coordination | None:
    """The question another office has not answered yet; there is one at most."""
    waiting = finding.coordinations.filter(state=CoordinationState.ASKED)
    return waiting.select_related("to_unit", "asked_by").first()


def open_request(finding: Finding) -> DueExtension | None:
    """The request for more time that waits for its answer."""
    return finding.extensions.filter(state=RequestState.ASKED).select_related("asked_by").first()


def may_own(group: SupervisionGroup, area: Unit, unit: Unit) -> bool:
    """Whether a unit can be the one to put something right: the area, one inside it, or an office of the owner's."""
    return area.contains(unit) or _is_own_office(group.programme.owner, unit)


def may_be_asked(finding: Finding, unit: Unit) -> bool:
    """Whether a unit can be asked for help: the leadership office, or an office or organisation of the owner's."""
    owner = finding.group.programme.owner
    return unit.pk != finding.owner_id and (unit.pk == owner.pk or _is_own_office(owner, unit))


def _is_own_office(owner: Unit, unit: Unit) -> bool:
    return unit.kind == UnitKind.ORGANISATION and unit.pk != owner.pk and owner.contains(unit)


def why_not_owner(group: SupervisionGroup, area: Unit, unit: Unit) -> Reason | None:
    if may_own(group, area, unit):
        return None
    return Reason(
        text=_("%(unit)s does not lie in %(area)s.") % {"unit": unit, "area": area},
        remedy=_("Choose the county or park, a unit inside it, or an office of the department."),
    )


# --- the finding ------------------------------------------------------------------------------------------


def why_not_finding_action(user, finding: Finding, action: str, reason: str = "") -> Reason | None:
    """None when the person may take this step with a finding."""
    refusal = _why_not_person(user, finding, action)
    if refusal is None and action in _NEED_WORDS and not reason.strip():
        refusal = Reason(text=_("Write what it is about: it is kept with the finding."))
    return refusal


def may_take_finding(user, finding: Finding, action: str) -> bool:
    """Whether a page offers this step to this person; words may still be missing."""
    known = (finding.state, action) in FINDING_TRANSITIONS
    return known and _why_not_person(user, finding, action) is None


def _why_not_person(user, finding: Finding, action: str) -> Reason | None:
    if action == _A.REPORT:
        return why_not_owner_staff(user, finding)
    if action == _A.ANSWER:
        return _why_not_asked(user, finding)
    if action == _A.REFER and user is not None and is_owner_staff(user, finding):
        return _why_alone(user, finding)
    return why_not_group_work(user, finding.group)


def why_not_owner_staff(user, finding: Finding) -> Reason | None:
    """Why the person does not speak for the unit that puts it right (user None: the installation)."""
    if user is None or is_owner_staff(user, finding):
        return None
    return Reason(
        text=_("Only staff of %(unit)s may do this.")
        % {"unit": " / ".join(str(unit) for unit in answering_units(finding))}
    )


def _why_alone(user, finding: Finding) -> Reason | None:
    """A defect is the unit's own affair; it asks for help with difficulties, once: the clock stands still meanwhile."""
    is_difficulty = finding.kind == FindingKind.DIFFICULTY
    if is_difficulty and not finding.coordinations.exists():
        return None
    if why_not_group_work(user, finding.group) is None:
        return None
    if is_difficulty:
        return Reason(
            text=_("Another office has been asked for help with this before."),
            remedy=_("The supervision group can bring it before another office."),
        )
    return Reason(
        text=_("A defect is put right by the unit itself."),
        remedy=_("The supervision group can bring it before another office."),
    )


def _why_not_asked(user, finding: Finding) -> Reason | None:
    question = open_question(finding)
    if question is None:
        return Reason(text=_("No question to another office is open."))
    return why_not_answer(user, question)


def why_not_answer(user, question: Coordination) -> Reason | None:
    """Only people of the asked office answer, or the leadership office for it."""
    owner = question.finding.group.programme.owner
    if user is None or is_office(user, owner) or has_role(user, Role.UNIT_STAFF, question.to_unit):
        return None
    return Reason(
        text=_("Only staff of %(unit)s or the leadership office may answer.") % {"unit": question.to_unit}
    )


# --- more time --------------------------------------------------------------------------------------------


def why_not_ask_extension(user, finding: Finding) -> Reason | None:
    """None when the owner unit may ask for more time now: before its day is over, one request at a time."""
    refusal = why_not_owner_staff(user, finding)
    if refusal is None and finding.state != _F.OPEN:
        refusal = Reason(
            text=_("More time is only asked for while it is to be put right: %(state)s.")
            % {"state": finding.get_state_display()}
        )
    if refusal is None and clock.today() > finding.due_on:
        refusal = Reason(
            text=_("The day was over on %(day)s: more time is asked for before.")
            % {"day": lazy_day(finding.due_on)},
            remedy=_("Report what was done, even if it is late."),
        )
    if refusal is None and open_request(finding):
        refusal = Reason(text=_("A request for more time waits for its answer already."))
    if refusal is None and days_left_to_grant(finding) < 1:
        refusal = Reason(
            text=_("All the time the scheme allows has been granted."),
            article=supervision_article(finding.cycle),
        )
    return refusal


def days_left_to_grant(finding: Finding) -> int:
    """Working days by which the day may still be put off."""
    most = finding_rules_of(finding.cycle).get("most_extension_working_days", 0)
    granted = finding.extensions.filter(state=RequestState.GRANTED).values_list("working_days", flat=True)
    return most - sum(granted)


def why_not_extension_action(user, extension: DueExtension, action: str, reason: str = "") -> Reason | None:
    """None when the person may decide on a request for more time."""
    refusal = why_not_group_work(user, extension.finding.group)
    if refusal is None and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def may_decide_extension(user, extension: DueExtension) -> bool:
    known = any(state == extension.state for state, _action in REQUEST_TRANSITIONS)
    return known and why_not_group_work(user, extension.finding.group) is None


# --- help from another office -----------------------------------------------------------------------------


def why_not_coordination_action(
    user, coordination: Coordination, action: str, reason: str = ""
) -> Reason | None:
    """None when the person may answer a question to another office. It is settled only by a finding's own step."""
    if action == CoordinationAction.SETTLE:
        if coordination.finding.state != _F.COORDINATING:
            return None
        return Reason(
            text=_("A question is settled when the finding is reported as put right, or taken back.")
        )
    refusal = why_not_answer(user, coordination)
    if refusal is None and not reason.strip():
        refusal = Reason(text=_("Write the answer: it is kept with the finding."))
    return refusal


def may_answer(user, coordination: Coordination) -> bool:
    known = (coordination.state, CoordinationAction.ANSWER) in COORDINATION_TRANSITIONS
    return known and why_not_answer(user, coordination) is None


# --- the ladder -------------------------------------------------------------------------------------------


def why_not_escalation_action(user, escalation: Escalation, action: str, reason: str = "") -> Reason | None:
    """None when an overdue finding may climb this rung. Only the reminder goes without a person."""
    if user is None and action != EscalationAction.REMIND:
        return Reason(text=_("This step is taken by a person."))
    return why_not_group_work(user, escalation.finding.group) or why_not_climb(escalation.finding, action)


def why_not_climb(finding: Finding, action: str) -> Reason | None:
    """Why a finding may not climb a rung now, whoever asks: not overdue, reported, or its day has not come."""
    if finding.state != _F.OPEN:
        return Reason(
            text=_("Only what is to be put right climbs: %(state)s.") % {"state": finding.get_state_display()}
        )
    if open_request(finding):
        return Reason(
            text=_("A request for more time waits for its answer."), remedy=_("Decide on it first.")
        )
    day = rung_day(finding, action)
    if day is None or (action == EscalationAction.LETTER and "letter" not in finding_rules_of(finding.cycle)):
        return Reason(text=_("The scheme of this year has no such step."))
    if clock.today() < day:
        return Reason(
            text=_("Possible from %(day)s on, if it has not been reported by then.") % {"day": lazy_day(day)},
            article=supervision_article(finding.cycle),
            earliest=day,
        )
    return _why_letter_unsent(finding) if action == EscalationAction.TALK else None


def _why_letter_unsent(finding: Finding) -> Reason | None:
    """Nobody is asked to a talk over a letter that never went out."""
    if not ReminderLetter.objects.filter(finding=finding, sealed_at=None).exists():
        return None
    return Reason(
        text=_("The reminder letter has not gone out yet."),
        remedy=_("Have it sealed, or note that it was stamped by hand."),
    )


def may_climb(user, escalation: Escalation, action: str) -> bool:
    known = (escalation.state, action) in ESCALATION_TRANSITIONS
    return known and why_not_escalation_action(user, escalation, action) is None


def supervision_article(cycle) -> str:
    """Where the cycle's scheme speaks of supervision."""
    return cycle.articles.get(cycle.supervision.get("article", "supervision"), "")


# --- the letter -------------------------------------------------------------------------------------------


def why_not_seal_letter(user, letter: ReminderLetter) -> Reason | None:
    """None when the keeper of the department's seal may put it on a letter."""
    return why_not_role(user, (Role.SEAL_KEEPER,), letter.finding.group.programme.owner) or _why_not_open(
        letter
    )


def why_not_stamp_letter(user, letter: ReminderLetter) -> Reason | None:
    """None when the person may note that a letter was stamped by hand and sent on paper."""
    owner = letter.finding.group.programme.owner
    if user is not None and has_role(user, Role.SEAL_KEEPER, owner):
        return _why_not_open(letter)
    return why_not_group_work(user, letter.finding.group) or _why_not_open(letter)


def _why_not_open(letter: ReminderLetter) -> Reason | None:
    if letter.sealed_at is not None:
        return Reason(text=_("The letter was sealed before: a letter is sealed once."))
    if not letter.pdf:
        return Reason(text=_("The letter is being printed."), remedy=_("Load the page again in a minute."))
    return None


# --- the proposal to the office ---------------------------------------------------------------------------


def why_not_office_proposal_action(
    user, proposal: OfficeProposal, action: str, reason: str = ""
) -> Reason | None:
    """None when the person may answer a group's proposal: of the leadership office, never the installation itself."""
    if user is None:
        return Reason(text=_("This step is taken by a person."))
    refusal = why_not_role(user, (Role.OFFICE,), proposal.finding.group.programme.owner)
    if refusal is None and action == OfficeProposalAction.LAY_ASIDE and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    return refusal


def may_take_office_proposal(user, proposal: OfficeProposal, action: str) -> bool:
    known = (proposal.state, action) in OFFICE_PROPOSAL_TRANSITIONS
    return known and why_not_office_proposal_action(user, proposal, action, reason="-") is None
