"""What counts under a site's area or category and follows it when it gets another: each app says here how its own does.

Imports only point down, so `sites` cannot know what other apps count by site.
"""

from collections.abc import Callable

#: Takes the ids of sites that got another area or category; called in the transaction that moves them, which holds
#: their rows.
Follow = Callable[[list[int]], None]

_FOLLOWERS: list[Follow] = []


def add_follower(follow: Follow) -> None:
    """Let what an app counts by site follow the sites; apps do so when they start."""
    if follow not in _FOLLOWERS:
        _FOLLOWERS.append(follow)


def follow_sites(site_ids: list[int]) -> None:
    """Let everything that counts by site follow these."""
    for follow in _FOLLOWERS:
        follow(site_ids)
