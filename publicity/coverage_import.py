"""Tables of coverage: a row is an entry of the register, found again by its link, else by outlet, day and title."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock
from accounts.errors import Reason
from accounts.names import initials
from accounts.words import lazy_day
from publicity.coverage_rules import (
    link_taken,
    why_not_in_scheme,
    why_not_keep_coverage,
    why_not_link,
    why_not_published,
    why_not_traceable,
)
from publicity.enums import CoverageState
from publicity.models import Coverage
from publicity.sameness import fingerprint, link_key
from publicity.schemes import Term, scheme_in, schemes_of
from publicity.services.imported import write_coverage
from sites.imports.kind import Column, Draft, Kind, Outcome, SiteFinder, new_and_changed, site_columns
from sites.imports.values import Choice, Code, Day, Text, Value, YesNo

#: What a row may change of an entry that is in the register.
FIELDS = ("outlet_level", "place", "url")


class CoverageKind(Kind):
    code = "coverage"
    title = gettext_lazy("Coverage")
    lead = gettext_lazy(
        "What television, newspapers, radio and the web brought. Files are added to the entries afterwards."
    )
    action = "coverage.import"
    is_for_office = True

    def why_not_person(self, area):
        return why_not_keep_coverage(self.actor, area, self.programme)

    def make_columns(self) -> list[Column]:
        self._schemes = schemes_of(self.programme)
        place = site_columns(self, required=False, help_text=gettext_lazy("Empty: of the area in general."))
        return [*place, *self._columns_of_piece(), *_columns_to_look_it_up()]

    def _columns_of_piece(self) -> list[Column]:
        media = _terms(scheme.media for scheme in self._schemes)
        levels = _terms(scheme.levels for scheme in self._schemes)
        return [
            _needed("medium", gettext_lazy("Type of medium"), _choice(media), _first(media)),
            _needed("title", gettext_lazy("Headline"), Text(most=200), _("A day at the station")),
            _needed("outlet", gettext_lazy("Name of the outlet"), Text(most=100), _("City evening paper")),
            _needed("outlet_level", gettext_lazy("Level of the outlet"), _choice(levels), _first(levels)),
            _needed("published_on", gettext_lazy("Published on"), Day(), "2017-04-18"),
        ]

    def prepare(self) -> None:
        areas = self.own_areas()
        self._finder = SiteFinder(areas)
        self._areas = {area.pk: area for area in areas}
        rows = Coverage.objects.filter(programme=self.programme, state=CoverageState.RECORDED)
        self._by_link: dict[str, Coverage] = {}
        self._by_place: dict[tuple, Coverage] = {}
        self._titles: dict[str, list] = {}
        for entry in rows.select_related("area", "same_as", "site").order_by("published_on", "pk"):
            self._remember(entry)

    def _remember(self, entry: Coverage) -> None:
        if entry.link_key:
            self._by_link.setdefault(entry.link_key, entry)
        self._by_place.setdefault(_place_key(entry), entry)
        self._titles.setdefault(entry.fingerprint, []).append(entry)

    def judge(self, draft: Draft) -> None:
        values = draft.values
        area, day = values.get("area"), values.get("published_on")
        draft.name = str(values.get("title", ""))
        site = self._site_of(draft)
        for code in ("medium", "outlet_level"):
            if code in values:
                values[code] = values[code].code
        if day is not None:
            draft.refuse("published_on", why_not_published(day))
        if values.get("url"):
            draft.refuse("url", why_not_link(values["url"]))
        if draft.reasons or any(key not in values for key in ("medium", "outlet_level", "title", "outlet")):
            return
        if area is None or day is None:
            return
        scheme = scheme_in(self._schemes, day.year)
        draft.refuse("medium", why_not_in_scheme(scheme, values["medium"], values["outlet_level"]))
        self._settle(draft, self._entry_of(draft, area, site), scheme)

    def _site_of(self, draft: Draft):
        if draft.values.get("site"):
            return self._finder.find(draft, self)
        if area := draft.values.get("area"):
            draft.refuse("area", self.why_not_area(area))
        return None

    def _entry_of(self, draft: Draft, area, site) -> Coverage:
        """The entry as the row tells it, not yet looked for in the register."""
        values = draft.values
        return Coverage(
            programme=self.programme,
            area=area,
            site=site,
            **{key: values[key] for key in ("medium", "outlet_level", "outlet", "published_on", "title")},
            place=values.get("place", ""),
            url=values.get("url", ""),
            fingerprint=fingerprint(values["title"]),
            link_key=link_key(values.get("url", "")),
        )

    def _settle(self, draft: Draft, told: Coverage, scheme) -> None:
        by_link = self._by_link.get(told.link_key) if told.link_key else None
        entry = self._by_place.get(_place_key(told))
        if by_link is not None and by_link is not entry:
            draft.refuse("url", link_taken(by_link, told.area))
        if draft.reasons:
            return
        self.refuse_double(draft, _place_key(told), "title")
        if entry is not None and entry.pk:
            self._settle_known(draft, entry, told)
            return
        draft.refuse("url", why_not_traceable(url=told.url, place=told.place, has_file=False))
        self._answer_reprint(draft, told, scheme)
        self.settle(draft, None, ())
        if draft.outcome == Outcome.NEW:
            draft.record = told
            self._remember(told)

    def _settle_known(self, draft: Draft, entry: Coverage, told: Coverage) -> None:
        if told.site is not None and told.site.pk != entry.site_id:
            draft.refuse(
                "site",
                Reason(
                    text=_("The piece is in the register for: %(site)s.")
                    % {"site": entry.site or self._areas.get(entry.area_id, "")},
                    remedy=_("Change it on the page of the entry."),
                ),
            )
        draft.values.pop("site", None)
        self.settle(draft, entry, FIELDS)

    def _answer_reprint(self, draft: Draft, told: Coverage, scheme) -> None:
        """Where the same title came out before, the row has to say whether it is a reprint."""
        original = next(
            (
                entry.same_as or entry
                for entry in self._titles.get(told.fingerprint, [])
                if abs((entry.published_on - told.published_on).days) <= scheme.reprint_days
            ),
            None,
        )
        if original is None or not scheme.reprint_days:
            return
        answer = draft.values.get("reprint")
        if answer is None:
            draft.refuse(
                "reprint",
                Reason(
                    text=_("The same title came out before: %(outlet)s, %(day)s.")
                    % {"outlet": original.outlet, "day": lazy_day(original.published_on)},
                    remedy=_("Write into the column whether this is a reprint: yes, or no."),
                ),
            )
        told.same_as, told.is_own_article = (original, False) if answer else (None, True)

    def build(self, draft: Draft) -> None:
        entry = draft.record
        entry.initials = initials(entry.title)
        if draft.outcome == Outcome.NEW:
            entry.recorded_by, entry.recorded_at = self.actor, clock.now()

    def write(self, drafts: list[Draft]) -> None:
        entries = new_and_changed(drafts)
        write_coverage(actor=self.actor, programme=self.programme, **entries, fields=FIELDS)


def _columns_to_look_it_up() -> list[Column]:
    return [
        Column(
            "place",
            gettext_lazy("Programme, page or column"),
            Text(most=100),
            example=_("Page 3"),
            help=gettext_lazy("This or the link is needed, so that the piece can be looked up."),
        ),
        Column("url", gettext_lazy("Link"), Code(most=500), example="http://example.com/2017/418"),
        Column(
            "reprint",
            gettext_lazy("Reprint"),
            YesNo(),
            help=gettext_lazy("Only needed where the same title came out before: yes, or no."),
        ),
    ]


def _needed(key: str, label: str, value: Value, example: str) -> Column:
    return Column(key, label, value, required=True, example=example)


def _place_key(entry: Coverage) -> tuple:
    return (entry.area_id, entry.medium, entry.outlet, entry.published_on, entry.fingerprint)


def _terms(found) -> list[Term]:
    """Media or levels of all years, by code; the last name holds."""
    return list({term.code: term for terms in found for term in terms}.values())


def _choice(terms: list[Term]) -> Choice:
    return Choice.of(terms, lambda term: (str(term), term.name, term.name_en, term.code))


def _first(terms: list[Term]) -> str:
    return str(next(iter(terms), ""))
