"""What the page of a finding shows to one person, with the forms of the steps he or she may take."""

from operator import attrgetter

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import UnitKind
from accounts.forms import ReasonForm, StyledForm
from accounts.models import Unit
from accounts.selectors import Event, log_rows
from sites.models import Plaque
from supervision import finding_forms as forms
from supervision.enums import (
    EscalationAction,
    EscalationState,
    FindingAction,
    FindingState,
    OfficeProposalAction,
    OfficeProposalState,
)
from supervision.finding_days import NEXT_RUNG, days_from, usual_due_day, working_days_after
from supervision.finding_rules import (
    days_left_to_grant,
    is_owner_staff,
    may_climb,
    may_decide_extension,
    may_take_finding,
    may_take_office_proposal,
    open_request,
    supervision_article,
    why_not_ask_extension,
)
from supervision.finding_selectors import rungs_of
from supervision.models import Finding

_A, _E = FindingAction, EscalationAction
#: The step of the page that climbs a rung.
_RUNG_STEPS = {_E.REMIND: "remind", _E.LETTER: "letter", _E.TALK: "talk", _E.PROPOSE: "propose"}


def finding_context(user, finding: Finding, bound: dict) -> dict:
    """Everything the page needs; `bound` are forms that came back with errors, by name."""
    ladder = _ladder(finding)
    extensions = list(finding.extensions.select_related("asked_by"))
    coordinations = list(finding.coordinations.select_related("to_unit", "asked_by", "answered_by"))
    proposal = getattr(finding, "proposal", None)
    offered = _offered(user, finding, proposal)
    return {
        "finding": finding,
        "article": supervision_article(finding.cycle),
        "overdue_days": working_days_after(finding.due_on, clock.today()) if finding.is_overdue else 0,
        "rungs": rungs_of(finding, ladder),
        "history": _history(finding, ladder, extensions, coordinations, proposal),
        "reports": list(finding.reports.select_related("made_by").prefetch_related("files")),
        "rechecks": list(finding.rechecks.select_related("made_by").prefetch_related("files")),
        "extensions": extensions,
        "coordinations": coordinations,
        "letter": getattr(finding, "letter", None)
        if finding.letter_known or not finding.letter_unsent
        else None,
        "talk": getattr(finding, "talk", None),
        "proposal": proposal,
        "left": days_left_to_grant(finding),
        "why_no_extension": _why_no_extension(user, finding),
        "forms": {name: bound.get(name) or form_of(name, finding, auto_id=f"{name}_%s") for name in offered},
    }


def _ladder(finding: Finding) -> list:
    """The log of the ladder; a letter counts as sent once it is sealed or stamped."""
    rows = log_rows(finding.escalation)
    for row in rows:
        if row.action == _E.LETTER and finding.letter_unsent:
            row.to_label = _("Reminder letter being prepared")
    return rows


def _offered(user, finding: Finding, proposal) -> list[str]:
    """The steps this person may take now, by name."""
    names = {
        "report": _A.REPORT, "recheck": _A.CLOSE, "refer": _A.REFER, "answer": _A.ANSWER, "drop": _A.DROP,
    }  # fmt: skip
    offered = [name for name, action in names.items() if may_take_finding(user, finding, action)]
    if finding.state == FindingState.CLOSED and may_take_finding(user, finding, _A.REOPEN):
        offered.append("reopen")
    request = open_request(finding)
    if request and may_decide_extension(user, request):
        offered.append("extension")
    if request and "refer" in offered:
        offered.remove("refer")
    if why_not_ask_extension(user, finding) is None:
        offered.append("extend")
    rung = NEXT_RUNG.get(EscalationState(finding.escalation.state))
    if rung and may_climb(user, finding.escalation, rung):
        offered.append(_RUNG_STEPS[rung])
    if proposal and may_take_office_proposal(user, proposal, OfficeProposalAction.TAKE_UP):
        offered.append("proposal")
    return offered


def _why_no_extension(user, finding: Finding):
    """Why the owner unit's staff cannot ask for more time, while it is to be put right."""
    if finding.state != FindingState.OPEN or not is_owner_staff(user, finding):
        return None
    return why_not_ask_extension(user, finding)


def form_of(name: str, finding: Finding, *args, **kwargs) -> StyledForm:
    """The form of a step, empty or with what was sent."""
    today = clock.today()
    if name == "refer":
        kwargs["units"] = units_to_ask(finding)
    elif name == "propose":
        kwargs["plaques"] = plaques_of(finding)
    elif name == "proposal":
        proposal = getattr(finding, "proposal", None)
        kwargs["with_plaque"] = bool(proposal and proposal.plaque_id)
    if name == "recheck":
        kwargs["initial"] = {"checked_on": today, "due_on": usual_due_day(finding)}
    elif name == "reopen":
        kwargs["initial"] = {"due_on": usual_due_day(finding)}
    elif name == "talk":
        kwargs["initial"] = {"held_on": today}
    elif name == "extend" and (left := days_left_to_grant(finding)) > 0:
        kwargs["initial"] = {"until": days_from(finding.due_on, left)}
    return FORMS[name](*args, **kwargs)


FORMS = {
    "report": forms.ReportForm,
    "recheck": forms.RecheckForm,
    "reopen": forms.ReopenForm,
    "drop": ReasonForm,
    "refer": forms.ReferForm,
    "answer": forms.AnswerForm,
    "extend": forms.ExtensionForm,
    "extension": forms.DecisionForm,
    "remind": StyledForm,
    "letter": StyledForm,
    "talk": forms.TalkForm,
    "propose": forms.ProposeForm,
    "proposal": forms.OfficeForm,
}


def units_to_ask(finding: Finding):
    """The leadership office's unit and the offices and organisations below it, but not the one that is asking."""
    owner = finding.group.programme.owner
    offices = Q(kind=UnitKind.ORGANISATION, path__startswith=owner.path)
    rows = Unit.objects.filter(offices | Q(pk=owner.pk)).exclude(pk=finding.owner_id)
    return rows.select_related("parent").order_by("path")


def plaques_of(finding: Finding):
    """The plaques the site holds, or None for a finding on a unit."""
    if finding.site_id is None:
        return None
    return Plaque.objects.held().filter(site=finding.site_id).select_related("level").order_by("level__rank")


def _history(finding: Finding, ladder: list, extensions, coordinations, proposal) -> list:
    """What happened to a finding and to all that hangs on it, oldest first."""
    rows = [Event(finding.recorded_at, _("Recorded"), finding.recorded_by), *log_rows(finding), *ladder]
    for extension in extensions:
        rows.append(Event(extension.asked_at, _("More time asked for"), extension.asked_by, extension.reason))
        rows += _named(_("More time"), log_rows(extension))
    if (letter := getattr(finding, "letter", None)) and letter.sealed_at:
        words = _("Reminder letter sealed") if letter.seal_id else _("Reminder letter stamped by hand")
        rows.append(Event(letter.sealed_at, words, letter.sealed_by))
    if proposal and proposal.state != OfficeProposalState.PROPOSED:
        rows += log_rows(proposal)
    return sorted(rows, key=attrgetter("at"))


def _named(what: str, rows: list) -> list:
    for row in rows:
        row.to_label = _("%(what)s: %(words)s") % {"what": what, "words": row.to_label}
    return rows
