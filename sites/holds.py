"""What the apps above know that stands against moving a site, merging it with another or replacing a plaque of it.

They may not be imported from here, so each of them adds its check when it starts.
"""

from collections.abc import Callable

from accounts.errors import Reason

_CHECKS: list[Callable[..., Reason | None]] = []
_PLAQUE_CHECKS: list[Callable[..., Reason | None]] = []


def add_hold(check: Callable[..., Reason | None]) -> None:
    """Ask `check(site)` before a site is moved or merged: it returns why not, or None."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def why_held(site) -> Reason | None:
    """The first reason an app above has against moving or merging the site."""
    return next((reason for check in _CHECKS if (reason := check(site)) is not None), None)


def add_plaque_hold(check: Callable[..., Reason | None]) -> None:
    """Ask `check(plaque)` before a plaque is replaced by a new one: it returns why not, or None."""
    if check not in _PLAQUE_CHECKS:
        _PLAQUE_CHECKS.append(check)


def why_plaque_held(plaque) -> Reason | None:
    """The first reason an app above has against replacing the plaque."""
    return next((reason for check in _PLAQUE_CHECKS if (reason := check(plaque)) is not None), None)
