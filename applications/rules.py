"""Who may fill in, file and handle an application or a cycle, and what a form still lacks."""

from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.errors import Reason
from accounts.names import in_language
from accounts.rules import has_role, why_not_role
from accounts.uploads import IMAGES, OFFICE, SCANS
from accounts.words import lazy_day, lazy_list
from applications.content import form_fields
from applications.deadlines import last_day_for
from applications.eligibility import why_not_on_ladder
from applications.enums import (
    APPLICATION_TRANSITIONS,
    EDITABLE_STATES,
    ApplicationAction,
    AttachmentKind,
    CycleState,
)
from applications.models import Application, Cycle, LevelRule
from applications.paper_state import PaperState, missing_words, paper_state
from applications.quota import why_no_place
from applications.sealing.rules import is_sealed
from sites.selectors import plaque_held

STAFF = (Role.UNIT_STAFF,)
OFFICE_STAFF = (Role.OFFICE,)

#: File extensions and content types each kind of attachment may have.
ATTACHMENT_FILES = {
    AttachmentKind.PHOTO: IMAGES,
    AttachmentKind.PROOF: SCANS | OFFICE,
    AttachmentKind.STAMPED: SCANS,
}
#: Who may walk which step of an application.
ACTION_ROLES = {
    ApplicationAction.SUBMIT: STAFF,
    ApplicationAction.WITHDRAW: STAFF,
    ApplicationAction.RETURN: OFFICE_STAFF,
    ApplicationAction.ACCEPT: OFFICE_STAFF,
    ApplicationAction.REFUSE: OFFICE_STAFF,
    ApplicationAction.AWARD: OFFICE_STAFF,
    ApplicationAction.DECLINE: (Role.OFFICE, Role.LEADER),
}
#: Steps that need a written reason.
REASONED = (
    ApplicationAction.RETURN,
    ApplicationAction.REFUSE,
    ApplicationAction.WITHDRAW,
    ApplicationAction.DECLINE,
)


def may_file(user, area=None) -> bool:
    return has_role(user, Role.UNIT_STAFF, area)


def may_handle(user, cycle: Cycle) -> bool:
    """The leadership office of the programme's owner handles what comes in."""
    return has_role(user, Role.OFFICE, cycle.programme.owner)


def may_edit(user, application: Application) -> bool:
    return application.state in EDITABLE_STATES and has_role(user, Role.UNIT_STAFF, application.area)


def most_files(application: Application, kind: str) -> int:
    """How many files of a kind an application may hold, from the cycle's form; 12 where it says nothing."""
    listed = application.cycle.form.get("attachments", [])
    return next((entry.get("most", 12) for entry in listed if entry["kind"] == kind), 12)


def level_rule(application: Application) -> LevelRule:
    return LevelRule.objects.select_related("cycle", "level", "required_level").get(
        cycle_id=application.cycle_id, level_id=application.level_id
    )


def why_not_action(user, application: Application, action: str, reason: str) -> Reason | None:
    """Why this person may not take this step now, or None. Submission additionally asks `why_not_submit`."""
    unit = application.area if ACTION_ROLES[action] == STAFF else application.cycle.programme.owner
    refusal = why_not_role(user, ACTION_ROLES[action], unit)
    if refusal is None and action in REASONED and not reason.strip():
        refusal = Reason(text=_("Write the reason: it is kept with the decision."))
    if refusal is None and action == ApplicationAction.SUBMIT:
        refusal = next(iter(why_not_submit(application)), None)
    return refusal


def may_take(user, application: Application, action: str) -> bool:
    """Whether a page offers this step to this person: the table has it, and nothing speaks against it but,
    perhaps, a reason not yet written."""
    known = (application.state, action) in APPLICATION_TRANSITIONS
    return known and why_not_action(user, application, action, "-") is None


def why_not_submit(application: Application) -> list[Reason]:
    """Everything that still stands between a form and its submission, in the order a clerk would mend it."""
    rule = level_rule(application)
    reasons = [
        None if application.cycle.state == CycleState.OPEN else Reason(text=_("The cycle is not open.")),
        why_not_on_ladder(application.site, rule, clock.today()),
        _why_held(application),
        why_too_late(application),
        *_why_incomplete(application),
        _why_no_stamped_form(application),
        None
        if hasattr(application, "place")
        else why_no_place(application.cycle, application.area, application.level),
    ]
    return [reason for reason in reasons if reason is not None]


def _why_held(application: Application) -> Reason | None:
    held = plaque_held(application.site, application.level)
    if held is None or (held.valid_until and held.valid_until < clock.today()):
        return None
    return Reason(
        text=_("The site already holds the plaque %(number)s of this level.") % {"number": held.number}
    )


def why_too_late(application: Application) -> Reason | None:
    """None up to the application's own last day, else that it is over and what would help."""
    last = last_day_for(application)
    if last is None or clock.today() <= last:
        return None
    return Reason(
        text=_("The last day for filing was %(day)s.") % {"day": lazy_day(last)},
        article=application.cycle.articles.get("deadline", ""),
        remedy=_("The leadership office can grant an extension."),
    )


def _why_incomplete(application: Application) -> list[Reason]:
    missing = [
        in_language(field, "label")
        for field in form_fields(application)
        if field.get("required") and not str(application.data.get(field["code"], "")).strip()
    ]
    if not missing:
        return []
    return [Reason(text=_("Still empty: %(fields)s.") % {"fields": lazy_list(missing)})]


def may_file_pages(user, application: Application) -> bool:
    """Scanned pages are filed by the county's staff while the form is open, by the leadership office at any time."""
    return may_edit(user, application) or may_handle(user, application.cycle)


def may_file_batches(user) -> bool:
    """The leadership office adds mixed piles of scans; what each page may be filed to is asked page by page."""
    return has_role(user, Role.OFFICE)


def _why_no_stamped_form(application: Application) -> Reason | None:
    """None when the stamped paper of the present content is there: its pages by their codes, a file confirmed by
    hand, or the electronic seal. A seal that was not seen is a warning, never a reason."""
    state = paper_state(application)
    if state.complete or state.by_hand or is_sealed(application):
        return None
    text, remedy = _words_on_paper(state)
    return Reason(text=text, article=application.cycle.articles.get("seal", ""), remedy=remedy)


def _words_on_paper(state: PaperState) -> tuple[str, str]:
    """What is wrong with the stamped paper, and what would mend it."""
    if state.filed:
        text = _("The stamped form is not complete: %(missing)s") % {"missing": missing_words(state.missing)}
        return text, _("Scan the missing pages and add them.")
    again = _("Print the present version, have it stamped and add the new scan.")
    if state.older:
        text = _("The form was changed after the stamped paper was printed: %(fields)s.")
        return text % {"fields": state.changes}, again
    if state.stale_by_hand:
        text = _("The form was changed after the stamped scan “%(name)s” was added.")
        return text % {"name": state.stale_by_hand.name}, again
    return (
        _("The stamped form is missing."),
        _("Print the form, have it stamped, scan it and add the scan."),
    )


def why_not_cycle_action(user, cycle: Cycle, action: str, reason: str) -> Reason | None:
    """The leadership office opens and closes cycles; opening needs the approval (2022 rules on such programmes)."""
    refusal = why_not_role(user, OFFICE_STAFF, cycle.programme.owner)
    if (
        refusal is None
        and action == "open"
        and not (cycle.approval_basis and cycle.approved_by and cycle.approval_number)
    ):
        refusal = Reason(
            text=_("The cycle cannot be opened without basis, authority and number of its approval."),
            article="《创建示范活动管理办法（试行）》",
            remedy=_("Enter the approval first."),
        )
    return refusal
