"""The score sheet as a form: one part of it at a time, points, yes or no, bonus, vetoes, each with its evidence."""

from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput, StyledForm
from assessments.enums import IndicatorKind, SheetPart
from assessments.models import Evidence, Indicator, Score, ScoreSheet
from assessments.scoring import COUNTED
from assessments.words import plain


@dataclass(frozen=True)
class Block:
    """One line of the sheet with its fields, and what another window saved meanwhile."""

    indicator: Indicator
    mark: forms.BoundField
    evidence: forms.BoundField
    elsewhere: Score | None = None
    files: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """A heading with its lines; `most` are the points that can be reached, None for vetoes."""

    heading: Indicator | None
    blocks: list[Block]
    most: Decimal | None
    bonus: bool = False


class ScoreSheetForm(StyledForm):
    """The lines of one part of a sheet: points up to the indicator's, yes or no, or a veto, each with a note.

    Points may stay empty while saving; what is missing is named before handing in.
    """

    revision = forms.IntegerField(widget=forms.HiddenInput)
    summary = forms.CharField(
        label=_("Overall impression"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )
    visited_on = forms.DateField(
        label=_("Day of the visit"),
        required=False,
        widget=DateInput(),
        help_text=_("Needed before the sheet is handed in."),
    )

    def __init__(self, data=None, *, sheet: ScoreSheet, part: str = "", **kwargs):
        self.sheet = sheet
        self.indicators = list(sheet.assessment.indicator_set.indicators.all())
        self.scores = {score.indicator_id: score for score in sheet.scores.all()}
        self.files: dict[int, list[Evidence]] = {}
        for file in sheet.evidence_files.all():
            self.files.setdefault(file.indicator_id, []).append(file)
        self.parts = parts_of(self.indicators)
        self.part = part if part in self.parts else self.parts[0]
        initial = {"revision": sheet.revision, "summary": sheet.summary, "visited_on": sheet.visited_on}
        super().__init__(data, initial=initial, **kwargs)
        # The impression is written at the desk, the day of the visit on the spot.
        if self.part != SheetPart.FIELD:
            del self.fields["visited_on"]
        elif SheetPart.DESK in self.parts:
            del self.fields["summary"]
        for indicator in self.own_lines():
            self._add_fields(indicator, self.scores.get(indicator.pk))

    def lines(self) -> dict[int, dict]:
        """What was typed, by indicator id, as `services.save_sheet` takes it."""
        values = self.cleaned_data
        return {
            indicator.pk: {
                "points": None if indicator.is_veto else _points(values[f"mark_{indicator.pk}"]),
                "veto": indicator.is_veto and values[f"mark_{indicator.pk}"],
                "evidence": values[f"evidence_{indicator.pk}"],
            }
            for indicator in self.own_lines()
        }

    def whole(self) -> dict:
        """What was typed for the sheet as a whole."""
        return {name: self.cleaned_data[name] for name in ("summary", "visited_on") if name in self.fields}

    def sections(self) -> list[Section]:
        """The lines of this part below their headings, in the order of the set; bonus lines apart."""
        grouped: dict[tuple, list[Indicator]] = {}
        for indicator in self.own_lines():
            bonus = indicator.kind == IndicatorKind.BONUS
            grouped.setdefault((indicator.parent_id, bonus), []).append(indicator)
        headings = {indicator.pk: indicator for indicator in self.indicators}
        return [
            Section(
                heading=headings.get(parent),
                blocks=[self._block(line) for line in lines],
                most=None if all(line.is_veto for line in lines) else _most(lines),
                bonus=bonus,
            )
            for (parent, bonus), lines in sorted(grouped.items(), key=lambda item: item[0][1])
        ]

    def own_lines(self) -> list[Indicator]:
        """The lines of this part."""
        return [line for line in self.indicators if not line.is_heading and line.part == self.part]

    def counts(self) -> list[tuple[str, str, int, int]]:
        """Of each part: its code and name, how many lines are scored as saved, and how many there are."""
        rows = []
        for part in self.parts:
            lines = [line for line in self.indicators if line.part == part and line.kind in COUNTED]
            done = sum(1 for line in lines if self._saved_points(line) is not None)
            rows.append((part, str(SheetPart(part).label), done, len(lines)))
        return rows

    def total(self) -> str:
        """The total as it stands in the form now, with what the other part says as saved; written plainly."""
        points = bonus = Decimal(0)
        for line in self.indicators:
            if line.is_heading or line.is_veto:
                continue
            value = self._present(line) or Decimal(0)
            if line.kind == IndicatorKind.BONUS:
                bonus += value
            else:
                points += value
        cap = self.sheet.assessment.indicator_set.bonus_cap
        return plain(points + (bonus if cap is None else min(bonus, cap)))

    def elsewhere(self) -> dict[str, str]:
        """Points and bonus of the other part, for the running total in the browser."""
        others = [line for line in self.indicators if not line.is_heading and line.part != self.part]
        sums = {False: Decimal(0), True: Decimal(0)}
        for line in others:
            sums[line.kind == IndicatorKind.BONUS] += self._saved_points(line) or Decimal(0)
        return {"points": str(sums[False]), "bonus": str(sums[True])}

    def most(self) -> Decimal:
        """The points that can be reached without bonus."""
        return sum((line.points for line in self.indicators if line.kind in COUNTED), Decimal(0))

    def _saved_points(self, line: Indicator) -> Decimal | None:
        saved = self.scores.get(line.pk)
        return saved and saved.points

    def _present(self, line: Indicator) -> Decimal | None:
        if line.part == self.part:
            return self._number(self[f"mark_{line.pk}"].value())
        return self._saved_points(line)

    def _number(self, value) -> Decimal | None:
        try:
            return forms.DecimalField(required=False, max_digits=6, decimal_places=2).clean(value)
        except forms.ValidationError:
            return None

    def _block(self, indicator: Indicator) -> Block:
        mark, evidence = self[f"mark_{indicator.pk}"], self[f"evidence_{indicator.pk}"]
        saved = self.scores.get(indicator.pk)
        differs = self.is_bound and saved is not None and self._differs(mark, evidence, saved)
        return Block(indicator, mark, evidence, saved if differs else None, self.files.get(indicator.pk, []))

    def _differs(self, mark: forms.BoundField, evidence: forms.BoundField, saved: Score) -> bool:
        """Whether the saved line says something else than what stands in the form that was sent."""
        if (evidence.value() or "").strip() != saved.evidence:
            return True
        if isinstance(mark.field, forms.BooleanField):
            return bool(mark.value()) != saved.veto
        return self._number(mark.value()) != saved.points

    def _add_fields(self, indicator: Indicator, score: Score | None) -> None:
        mark = _mark(indicator, score)
        evidence = forms.CharField(
            max_length=500,
            required=False,
            initial=score.evidence if score else "",
            widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        )
        mark.label, evidence.label = str(indicator), _("Evidence")
        for name, new in ((f"mark_{indicator.pk}", mark), (f"evidence_{indicator.pk}", evidence)):
            self.fields[name] = new
            tick = isinstance(new, forms.BooleanField | forms.ChoiceField)
            new.widget.attrs["class"] = "form-check-input" if tick else "form-control"


def parts_of(indicators: list[Indicator]) -> list[str]:
    """The parts a set's sheets have, in order; a set without visit lines has only the desk."""
    present = {line.part for line in indicators if not line.is_heading}
    return [part for part in SheetPart.values if part in present] or [SheetPart.DESK]


def _mark(indicator: Indicator, score: Score | None) -> forms.Field:
    """The field of a line's points, answer or veto."""
    if indicator.is_veto:
        return forms.BooleanField(required=False, initial=bool(score and score.veto))
    if indicator.kind == IndicatorKind.YES_NO:
        return forms.ChoiceField(
            required=False,
            choices=[(plain(indicator.points), _("Yes")), ("0", _("No"))],
            initial=_written(score),
            widget=forms.RadioSelect(attrs={"data-points": ""}),
        )
    kind = "data-bonus" if indicator.kind == IndicatorKind.BONUS else "data-points"
    return forms.DecimalField(
        required=False,
        min_value=0,
        max_value=indicator.points,
        max_digits=6,
        decimal_places=2,
        initial=_written(score),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", kind: ""}),
    )


def _written(score: Score | None) -> str | None:
    return plain(score.points) if score else None


def _points(value) -> Decimal | None:
    return None if value in (None, "") else Decimal(value)


def _most(lines: list[Indicator]) -> Decimal:
    return sum((line.points or Decimal(0) for line in lines), Decimal(0))
