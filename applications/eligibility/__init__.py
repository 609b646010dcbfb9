"""Whether a site may apply for a level in a cycle; if not, every reason, where it is written, and from when it could.

`facts` reads, `plaques` counts the time a plaque was held, `obstacles` are the rules one by one, `answer` puts them
together. One site on its page and all sites of a city in the office's table walk through the same rules.
"""

from applications.eligibility.answer import (
    Eligibility,
    answer,
    eligibility,
    live_application,
    why_not_on_ladder,
)
from applications.eligibility.facts import Facts, assumed_next, gather

__all__ = [
    "Eligibility",
    "Facts",
    "answer",
    "assumed_next",
    "eligibility",
    "gather",
    "live_application",
    "why_not_on_ladder",
]
