"""What is written down of one piece of coverage, before it is an entry of the register."""

import datetime
from dataclasses import dataclass

from publicity.models import ExemplaryCase, PlannedCoverage
from sites.models import Site


@dataclass(frozen=True)
class Piece:
    """`medium` and `outlet_level` are codes of the year's scheme; site and case empty: of the area in general."""

    medium: str
    outlet_level: str
    outlet: str
    published_on: datetime.date
    title: str
    place: str = ""
    url: str = ""
    site: Site | None = None
    case: ExemplaryCase | None = None
    planned: PlannedCoverage | None = None
