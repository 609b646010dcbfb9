"""A site's plaques as its page shows them: each with its history and the steps a person may take."""

from dataclasses import dataclass

from django.db.models import Prefetch

from accounts import clock
from accounts.selectors import log_rows
from sites.enums import PLAQUE_TRANSITIONS, HandlingKind, PlaqueAction, PlaqueState, SiteAction
from sites.forms import HandlingForm, PlaqueStepForm
from sites.models import Plaque, PlaqueHandling, PlaqueLog, Site
from sites.rules import why_not_add_paper, why_not_handle, why_not_plaque_action
from sites.selectors import plaques_with_shown
from sites.shown import plaque_shown, still_to_hand_in

#: The steps with forms of their own, in the order of the page, and what each of them asks.
STEPS = {
    PlaqueAction.RECTIFY: ("by", "reason"),
    PlaqueAction.RESTORE: ("reason",),
    PlaqueAction.SUSPEND: ("day", "reason"),
    PlaqueAction.RESUME: ("day", "reason"),
    PlaqueAction.REPLACE: ("day", "reason"),
    PlaqueAction.GIVE_BACK: ("day", "reason"),
    PlaqueAction.REVOKE: ("day", "reason"),
}
#: Which of them cannot be undone by another step.
FINAL = (PlaqueAction.GIVE_BACK, PlaqueAction.REVOKE)


@dataclass(frozen=True)
class Step:
    action: str
    label: str
    fields: list
    is_final: bool


@dataclass(frozen=True)
class PlaqueSheet:
    """One plaque with what the page shows beside it."""

    plaque: Plaque
    log: list
    steps: list[Step]
    may_confirm: bool
    may_refuse: bool
    may_add_paper: bool
    form: PlaqueStepForm
    handling_form: HandlingForm | None
    is_missing: bool
    may_take_in: bool


def plaque_sheets(user, site: Site) -> list[PlaqueSheet]:
    """The plaques of a site but refused claims, in a fixed number of queries."""
    rows = PlaqueLog.objects.select_related("actor").order_by("id")
    plaques = plaques_with_shown(site.plaques.exclude(state=PlaqueState.REFUSED)).select_related(
        "level__programme__owner", "site__programme__owner", "site__area", "replaced_by", "replaces"
    )
    handlings = PlaqueHandling.objects.select_related("recorded_by").order_by("done_on", "id")
    whole = plaques.prefetch_related(
        Prefetch("log", queryset=rows, to_attr="history"),
        Prefetch("handlings", queryset=handlings, to_attr="done"),
        "suspensions",
    )
    return [_sheet(user, plaque) for plaque in whole]


def site_log(site: Site) -> list:
    """The history of a site; a step that leaves the state as it is stands under its own name."""
    rows = log_rows(site)
    for row in rows:
        if row.from_state == row.to_state:
            row.to_label = SiteAction(row.action).label
    return rows


def _sheet(user, plaque: Plaque) -> PlaqueSheet:
    form = PlaqueStepForm(auto_id=f"plaque{plaque.pk}_%s", initial={"day": clock.today()})
    return PlaqueSheet(
        plaque=plaque,
        log=_log(plaque),
        steps=_steps(user, plaque),
        may_confirm=_may(user, plaque, PlaqueAction.CONFIRM),
        may_refuse=_may(user, plaque, PlaqueAction.REFUSE),
        may_add_paper=why_not_add_paper(user, plaque) is None,
        form=form,
        handling_form=_handling_form(user, plaque),
        is_missing=still_to_hand_in(plaque.state, plaque_shown(plaque)),
        may_take_in=why_not_handle(user, plaque, HandlingKind.RETRIEVED) is None,
    )


def _may(user, plaque: Plaque, action: str) -> bool:
    possible = (plaque.state, action) in PLAQUE_TRANSITIONS
    return possible and why_not_plaque_action(user, plaque, action, "-") is None


def _steps(user, plaque: Plaque) -> list[Step]:
    return [
        Step(
            action=action.value,
            label=action.label,
            fields=_fields(plaque, action, names),
            is_final=action in FINAL,
        )
        for action, names in STEPS.items()
        if _may(user, plaque, action)
    ]


def _fields(plaque: Plaque, action: str, names: tuple[str, ...]) -> list:
    form = PlaqueStepForm(auto_id=f"plaque{plaque.pk}_{action}_%s", initial={"day": clock.today()})
    if action == PlaqueAction.REPLACE and not plaque.level.plaque_number:
        names = ("number", *names)
    for name in names:
        form.fields[name].required = name != "day"  # without a day: today
    return form.only(*names)


def _handling_form(user, plaque: Plaque) -> HandlingForm | None:
    """The form for the metal plaque with what this person may enter of it, or None."""
    kinds = [(kind.value, kind.label) for kind in HandlingKind if why_not_handle(user, plaque, kind) is None]
    if not kinds:
        return None
    if plaque.ended_on is not None:
        # What is asked for now comes first.
        kinds.sort(key=lambda pair: pair[0] != HandlingKind.RETRIEVED)
    return HandlingForm(
        auto_id=f"plaque{plaque.pk}_metal_%s", initial={"done_on": clock.today()}, kinds=kinds
    )


def _log(plaque: Plaque) -> list:
    """The log with the words of its states; the row of each step says from what to what."""
    for row in plaque.history:
        row.to_label = PlaqueState(row.to_state).label
        row.from_label = PlaqueState(row.from_state).label
        row.action_label = PlaqueAction(row.action).label
    return plaque.history
