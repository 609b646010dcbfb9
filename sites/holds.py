"""What the apps above know that stands against moving a site or merging it with another.

They may not be imported from here, so each of them adds its check when it starts.
"""

from collections.abc import Callable

from accounts.errors import Reason

_CHECKS: list[Callable[..., Reason | None]] = []


def add_hold(check: Callable[..., Reason | None]) -> None:
    """Ask `check(site)` before a site is moved or merged: it returns why not, or None."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def why_held(site) -> Reason | None:
    """The first reason an app above has against moving or merging the site."""
    return next((reason for check in _CHECKS if (reason := check(site)) is not None), None)
