"""What counts under a site's area or category and follows it when it gets another: each app says here how its own does.

Imports only point down, so `sites` cannot know what other apps count by site.
"""

from collections.abc import Callable, Iterable

from sites.tallies import Change

#: Takes the ids of sites that got another area or category; called in the transaction that moves them, which holds
#: their rows. Returns what changes of the journal of figures: whoever moves the sites counts it with the rest.
Follow = Callable[[list[int]], Iterable[Change]]

_FOLLOWERS: list[Follow] = []


def add_follower(follow: Follow) -> None:
    """Let what an app counts by site follow the sites; apps do so when they start."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def follow_sites(site_ids: list[int]) -> list[Change]:
    """Let everything that counts by site follow these; what that changes of the journal."""
    return [change for follow in _FOLLOWERS for change in follow(site_ids)]
