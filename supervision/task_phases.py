"""The phases of a year's work, read out of `cycle.supervision["phases"]` (programmes/schema.json)."""

from accounts.names import in_language
from applications.models import Cycle


def phases_of(cycle: Cycle) -> dict[str, str]:
    """The names of a cycle's phases by code, in the order of the scheme and the language of the page."""
    return {phase["code"]: in_language(phase, "name") for phase in cycle.supervision.get("phases", [])}
