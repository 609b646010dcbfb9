"""Tables of figures: a row is one site in one year, with a column for each figure the programme asks for."""

from decimal import Decimal

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import Reason
from sites.figures import figure_label
from sites.imports.kind import Column, Draft, Kind, Outcome, SiteFinder, site_columns
from sites.imports.values import Number, Whole
from sites.models import Site, SiteFigure
from sites.services.imported import write_figures

_PREFIX = "figure_"


class FiguresKind(Kind):
    code = "figures"
    title = gettext_lazy("Figures by year")
    lead = gettext_lazy(
        "Members, enterprises and the other counts of registered sites, also of earlier years."
    )
    action = "figure.import"

    def make_columns(self) -> list[Column]:
        label = lazy(figure_label, str)
        this_year = clock.today().year
        return [
            *site_columns(self),
            Column(
                "year",
                gettext_lazy("Year"),
                Whole(least=1980, most=this_year),
                required=True,
                example=str(this_year - 1),
            ),
            *(
                Column(
                    _PREFIX + figure["code"],
                    label(figure),
                    Number(places=2),
                    example="12",
                    help=gettext_lazy("Empty: stays as it is."),
                )
                for figure in self.programme.figures
            ),
        ]

    def prepare(self) -> None:
        areas = self.own_areas()
        self._finder = SiteFinder(areas)
        rows = SiteFigure.objects.filter(site__area__in=areas)
        self._values = {
            (site, year, code): value
            for site, year, code, value in rows.values_list("site", "year", "code", "value")
        }

    def judge(self, draft: Draft) -> None:
        site, year = self._finder.find(draft, self), draft.values.get("year")
        if site is None or year is None:
            return
        draft.name = f"{draft.name} · {year}"
        self.refuse_double(draft, (site.pk, year), "year")
        given = [key for key in draft.values if key.startswith(_PREFIX)]
        if not given and not draft.reasons:
            draft.refuse("", Reason(text=_("The row holds no figure."), remedy=_("Fill in at least one.")))
        if not draft.reasons:
            self._compare(draft, site, year)

    def _compare(self, draft: Draft, site: Site, year: int) -> None:
        known = 0
        rows = []
        for column in self.columns:
            value = draft.values.get(column.key)
            if not column.key.startswith(_PREFIX) or value is None:
                continue
            code = column.key.removeprefix(_PREFIX)
            before: Decimal | None = self._values.get((site.pk, year, code))
            known += before is not None
            if before != value:
                rows.append(SiteFigure(site=site, year=year, code=code, value=value))
                draft.changes.append(
                    (str(column.label), column.value.shown(before), column.value.shown(value))
                )
        draft.record = rows
        if not rows:
            draft.outcome = Outcome.UNCHANGED
        else:
            draft.outcome = Outcome.CHANGED if known else Outcome.NEW

    def write(self, drafts: list[Draft]) -> None:
        write_figures(figures=[figure for draft in drafts for figure in draft.record])
