"""The whole table of states, steps and people, entered by hand: a new state or step without its rows fails here."""

import datetime

import pytest

from sites.enums import (
    PLAQUE_TRANSITIONS,
    SITE_TRANSITIONS,
    PlaqueAction,
    PlaqueState,
    SiteAction,
    SiteState,
)
from sites.models import Plaque
from sites.rules import why_not_plaque_action, why_not_site_action

#: state -> step -> next state; what is not named is refused.
PLAQUES = {
    "claimed": {"confirm": "valid", "prove": "valid", "refuse": "refused"},
    "valid": {
        "rectify": "rectifying", "suspend": "suspended", "revoke": "revoked", "give_back": "returned",
        "replace": "replaced", "expire": "expired", "lapse": "lapsed",
    },
    "rectifying": {
        "restore": "valid", "suspend": "suspended", "revoke": "revoked", "give_back": "returned",
        "replace": "replaced", "expire": "expired", "lapse": "lapsed",
    },
    "suspended": {
        "resume": "valid", "revoke": "revoked", "give_back": "returned", "replace": "replaced",
        "expire": "expired", "lapse": "lapsed",
    },
    "refused": {}, "revoked": {}, "returned": {}, "replaced": {}, "expired": {}, "lapsed": {},
}  # fmt: skip
SITES = {
    "active": {"close": "closed", "merge": "merged", "rename": "active", "move": "active"},
    "closed": {"reopen": "active"},
    "merged": {},
}
DECIDED = ("rectify", "restore", "suspend", "resume", "revoke", "give_back", "replace")
#: step -> who may take it on a city plaque, and on a county plaque, of 湘潭县; None is the installation itself.
WHO = {
    "confirm": (("office", None), ("county", None)),
    "prove": ((), ("county", "office", None)),
    "refuse": (("office", None), ("county", None)),
    **dict.fromkeys(DECIDED, (("office", None), ("county", None))),
    "expire": ((None,), (None,)),
    "lapse": ((None,), (None,)),
}
WHO_SITES = {
    "close": ("county", None),
    "reopen": ("office", None),
    "merge": ("office", None),
    "rename": ("office", None),
    "move": ("office", None),
}
EVERYBODY = (
    "county", "neighbour", "office", "leader", "assessor", "auditor", "system_admin", "security_admin",
    "other_city", "other_county", "nobody",
)  # fmt: skip


def as_table(transitions) -> dict:
    return {(state.value, action.value): target.value for (state, action), target in transitions.items()}


def test_the_tables_are_those_written_here():
    assert {(s, a): t for s, steps in PLAQUES.items() for a, t in steps.items()} == as_table(
        PLAQUE_TRANSITIONS
    )
    assert {(s, a): t for s, steps in SITES.items() for a, t in steps.items()} == as_table(SITE_TRANSITIONS)


def test_every_state_and_step_has_its_row():
    assert set(PLAQUES) == {state.value for state in PlaqueState}
    assert set(WHO) == {action.value for action in PlaqueAction}
    assert set(SITES) == {state.value for state in SiteState}
    assert set(WHO_SITES) == {action.value for action in SiteAction}


def allowed(people, why_not) -> set:
    found = {name for name in EVERYBODY if why_not(getattr(people, name)) is None}
    return found | ({None} if why_not(None) is None else set())


@pytest.mark.parametrize(("level", "column"), [("city", 0), ("county", 1)])
def test_who_may_take_which_step(level, column, make_site, people, xiangtan):
    plaque = Plaque(
        site=make_site(), level=xiangtan.levels[level], number="1", awarded_on=datetime.date(2017, 5, 2),
        paper="there.pdf",
    )  # fmt: skip
    found = {
        action: allowed(people, lambda user, a=action: why_not_plaque_action(user, plaque, a, "理由"))
        for action in WHO
    }
    assert found == {action: set(who[column]) for action, who in WHO.items()}
    # Whatever is decided needs its reason, from everybody.
    for action in (*DECIDED, "refuse"):
        assert allowed(people, lambda user, a=action: why_not_plaque_action(user, plaque, a, " ")) == set()


def test_who_may_take_which_step_on_a_site(make_site, people):
    site = make_site()
    found = {
        action: allowed(people, lambda user, a=action: why_not_site_action(user, site, a, "理由"))
        for action in WHO_SITES
    }
    assert found == {action: set(who) for action, who in WHO_SITES.items()}
    for action in WHO_SITES:
        assert allowed(people, lambda user, a=action: why_not_site_action(user, site, a, "")) == set()
