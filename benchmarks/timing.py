"""Medians of several repetitions, figure and floor in turn, so that a machine that slows down slows both; the table."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

WARM_UP = 3
REPETITIONS = 60


class Line(NamedTuple):
    """One line of the report; seconds, or megabytes where the job says so. `aim` is the ratio hoped for."""

    job: str
    figure: float
    floor_name: str
    floor: float
    aim: str

    @property
    def ratio(self) -> float:
        return self.figure / self.floor


def medians(
    *jobs: Callable[[], object], repetitions: int = REPETITIONS, warm_up: int = WARM_UP
) -> list[float]:
    """The median seconds of each job."""
    for _round in range(warm_up):
        for job in jobs:
            job()
    times: list[list[float]] = [[] for _job in jobs]
    for turn in range(repetitions):
        # Each goes first as often as the others: what runs before leaves caches warm or cold.
        order = list(zip(jobs, times, strict=True))
        for job, found in order[turn % len(order) :] + order[: turn % len(order)]:
            start = time.perf_counter()
            job()
            found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def show(lines: list[Line]) -> None:
    """Print figures beside their floors."""
    width = max(len(line.job) for line in lines)
    print(f"{'job':{width}} {'figure':>10} {'floor':>10} {'ratio':>7} {'aim':>6}  floor is")
    for line in lines:
        print(
            f"{line.job:{width}} {_amount(line, line.figure):>10} {_amount(line, line.floor):>10}"
            f" {line.ratio:7.2f} {line.aim:>6}  {line.floor_name}"
        )


def _amount(line: Line, value: float) -> str:
    return f"{value:.0f} MB" if "(MB)" in line.job else f"{value * 1000:.1f} ms"
