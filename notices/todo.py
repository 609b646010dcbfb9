import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Todo:
    """One thing that waits for one person: what it is, where to do it, and by when (None: no day is set). `count` is
    of how many things the line speaks."""

    text: str
    url: str
    due: datetime.date | None = None
    detail: str = ""
    count: int = 1
