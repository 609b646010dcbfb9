"""Load the indicator sets of a programme file: versions that hold from its year on.

A version is known by its category and its text. The file of a later year may repeat it word by word: then it
simply goes on holding and nothing is written. Other words under the same version are refused, and so is every
change of a version that applications rest on or that the office has published on the web page.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import clock
from accounts.words import lazy_list
from applications.models import Application, Cycle
from assessments.enums import Aggregate, IndicatorSetState, Method
from assessments.indicator_content import compare, content_of
from assessments.models import Indicator, IndicatorSet
from programmes.indicator_checks import amount, kind_of
from programmes.services.desk import Desk
from sites.models import Category


def put_indicator_sets(desk: Desk, sets: list[dict], cycle: Cycle) -> None:
    """Bring the sets of a file into the programme, for the cycle's year and those after it."""
    known = IndicatorSet.objects.filter(programme=cycle.programme).select_related("programme")
    loader = _Loader(desk, cycle, list(known.prefetch_related("indicators")))
    for found in sets:
        loader.put(found)
    loader.write_new()
    loader.prune({found["category"] for found in sets})


class _Loader:
    """One file's sets at work; what is new is written at the end, parents first, all sets together."""

    def __init__(self, desk: Desk, cycle: Cycle, known: list[IndicatorSet]):
        self.desk, self.cycle, self.known = desk, cycle, known
        self.categories = {category.code: category for category in cycle.programme.categories.all()}
        begun = Application.objects.filter(cycle__programme=cycle.programme)
        self.begun = set(begun.order_by().values_list("cycle__year", flat=True).distinct())
        self.new: list[tuple[IndicatorSet, list[Indicator]]] = []

    def put(self, found: dict) -> None:
        category = self.categories[found["category"]]
        wanted = _set(found, category, self.cycle)
        lines = _lines(found["indicators"], wanted)
        same_year = self._published(category, lambda row: row.from_year == self.cycle.year)
        same_name = [row for row in self._of(category) if row.version == wanted.version]
        if same_year:
            self._adjust(same_year[0], wanted, lines)
        elif same_name:
            self._repeat(same_name[0], wanted, lines)
        elif self._locked(category):
            self.desk.refuse(wanted, _("is new"))
        else:
            self.new.append((wanted, lines))

    def prune(self, named: set[str]) -> None:
        """Sets of this year the file no longer has; what the office published itself is not the file's."""
        for row in self.known:
            mine = row.from_year == self.cycle.year and _from_file(row)
            if mine and row.category_id not in {self.categories[code].pk for code in named}:
                gone = IndicatorSet.objects.filter(pk=row.pk)
                self.desk.prune(gone, locked=self._locked(row.category))

    def write_new(self) -> None:
        """All new sets and their lines: one statement for the sets and one for each depth of lines."""
        if self.desk.refusals or not self.new:
            return
        made = IndicatorSet.objects.bulk_create([row for row, _found in self.new])
        self.desk.report.created["indicatorset"] += len(made)
        rest = [line for _row, found in self.new for line in found]
        written: set[int] = set()
        while rest:
            ready = [line for line in rest if line.parent is None or id(line.parent) in written]
            Indicator.objects.bulk_create(ready)
            self.desk.report.created["indicator"] += len(ready)
            written |= {id(line) for line in ready}
            rest = [line for line in rest if id(line) not in written]

    def _of(self, category: Category) -> list[IndicatorSet]:
        return [row for row in self.known if row.category_id == category.pk]

    def _published(self, category: Category, which) -> list[IndicatorSet]:
        rows = self._of(category)
        return [row for row in rows if row.state == IndicatorSetState.PUBLISHED and which(row)]

    def _locked(self, category: Category) -> bool:
        """Whether applications were begun in a year that is, or would be, judged by a set of the file's year."""
        later = [row.from_year for row in self._published(category, lambda row: True)]
        until = min((year for year in later if year > self.cycle.year), default=None)
        return any(year >= self.cycle.year and (until is None or year < until) for year in self.begun)

    def _repeat(self, row: IndicatorSet, wanted: IndicatorSet, lines: list[Indicator]) -> None:
        """The same version text in the file of another year."""
        if row.state == IndicatorSetState.DRAFT:
            self.desk.refuse(wanted, _("the office has a draft of this version: publish or delete it first"))
        elif self._says_otherwise(row, wanted, lines):
            return
        elif row.from_year < self.cycle.year:
            self._unchanged(row)
        elif self._locked(row.category):
            self.desk.refuse(wanted, _("is new"))
        else:
            # The earlier year's file comes after the later one's: the version held all along.
            self.desk.put(
                IndicatorSet,
                {"category": row.category, "version": row.version},
                {"from_year": self.cycle.year},
            )

    def _says_otherwise(self, row: IndicatorSet, wanted: IndicatorSet, lines: list[Indicator]) -> bool:
        changes = compare(content_of(row, row.indicators.all()), _content(wanted, lines))
        if changes:
            words = _(
                "version %(version)s holds from %(year)s with other content (%(lines)s); name this one anew"
            )
            named = {change.code or change.name: None for change in changes}
            self.desk.refuse(
                wanted,
                words % {"version": row.version, "year": row.from_year, "lines": lazy_list(list(named)[:8])},
            )
        return bool(changes)

    def _unchanged(self, row: IndicatorSet) -> None:
        self.desk.count(row, changed=False)
        self.desk.report.unchanged["indicator"] += len(row.indicators.all())

    def _adjust(self, row: IndicatorSet, wanted: IndicatorSet, lines: list[Indicator]) -> None:
        """The set of this very year: brought up to date while nothing rests on it."""
        if not _from_file(row):
            if not self._says_otherwise(row, wanted, lines):
                self._unchanged(row)
            return
        locked = self._locked(row.category)
        fields = (
            "version",
            "name",
            "name_en",
            "pass_mark",
            "aggregate",
            "spread_limit",
            "bonus_cap",
            "assessors",
        )
        values = {name: getattr(wanted, name) for name in fields}
        lookup = {"category": row.category, "from_year": row.from_year, "state": row.state}
        self.desk.put(IndicatorSet, lookup, values, locked=locked)
        known = {line.code: line for line in row.indicators.all()}
        for line in lines:
            values = _line_values(line)
            parent = line.parent and known.get(line.parent.code)
            values["parent_id"] = parent and parent.pk
            lookup = {"indicator_set": row, "code": line.code}
            put = self.desk.put(Indicator, lookup, values, locked=locked, known=known)
            if put is not None:
                known[line.code] = put
        gone = row.indicators.exclude(code__in=[line.code for line in lines])
        self.desk.prune(gone, locked=locked)


def _from_file(row: IndicatorSet) -> bool:
    return row.state == IndicatorSetState.PUBLISHED and row.published_by_id is None


def _set(found: dict, category: Category, cycle: Cycle) -> IndicatorSet:
    return IndicatorSet(
        programme=cycle.programme,
        category=category,
        from_year=cycle.year,
        version=found["version"],
        state=IndicatorSetState.PUBLISHED,
        published_at=clock.now(),
        name=found["name"],
        name_en=found.get("name_en", ""),
        pass_mark=Decimal(found["pass_mark"]),
        aggregate=found.get("aggregate", Aggregate.MEAN),
        spread_limit=amount(found, "spread_limit"),
        bonus_cap=amount(found, "bonus_cap"),
        assessors=found.get("assessors", 2),
    )


def _lines(lines: list[dict], of: IndicatorSet, parent: Indicator | None = None, start: int = 0):
    """The lines of a file from the top down, each with its section as `parent`; order counts all of them."""
    made = []
    for line in lines:
        row = Indicator(
            indicator_set=of,
            parent=parent,
            code=line["code"],
            order=start + len(made) + 1,
            name=line["name"],
            name_en=line.get("name_en", ""),
            kind=kind_of(line),
            standard=line.get("standard", ""),
            method=line.get("method", Method.PAPERS),
            evidence_wanted=line.get("evidence", ""),
            points=amount(line, "points"),
            minimum=amount(line, "minimum"),
        )
        made.append(row)
        made += _lines(line.get("indicators", []), of, row, start + len(made))
    return made


def _line_values(line: Indicator) -> dict:
    names = ("order", "name", "name_en", "kind", "standard", "method", "evidence_wanted", "points", "minimum")
    return {name: getattr(line, name) for name in names}


def _content(wanted: IndicatorSet, lines: list[Indicator]) -> dict:
    """`content_of` for a set not stored yet: ids for the time of the comparison."""
    numbered = {id(line): number for number, line in enumerate(lines, start=1)}
    for line in lines:
        line.pk, line.parent_id = numbered[id(line)], line.parent and numbered[id(line.parent)]
    content = content_of(wanted, lines)
    for line in lines:
        line.pk = None
    return content
