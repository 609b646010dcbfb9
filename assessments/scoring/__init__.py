"""The arithmetic of acceptance: a sheet's total, the result of several sheets, and both written out line by line."""

from assessments.scoring.arithmetic import arithmetic, arithmetic_of, formula, reasons
from assessments.scoring.result import Marks, Result, marks_of, result_of, together
from assessments.scoring.sheets import (
    indicator_set_for,
    missing_lines,
    most_points,
    sheet_sum,
    sheet_total,
    sheets_progress,
    why_not_points,
)
from assessments.scoring.tree import COUNTED, Tree

__all__ = [
    "COUNTED",
    "Marks",
    "Result",
    "Tree",
    "arithmetic",
    "arithmetic_of",
    "formula",
    "indicator_set_for",
    "marks_of",
    "missing_lines",
    "most_points",
    "reasons",
    "result_of",
    "sheet_sum",
    "sheet_total",
    "sheets_progress",
    "together",
    "why_not_points",
]
