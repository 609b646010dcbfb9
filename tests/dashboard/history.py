"""A small history of sites, plaques, figures and money in two counties, and what its raw rows say of any day.

The recounting reads logs, dated rows and the audit trail with plain loops: neither the journal of figures nor a
queryset of the dashboard.
"""

import datetime
from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace

from accounts import clock
from accounts.models import AuditEvent, Unit, User
from sites.as_of import end_of
from sites.models import AreaFigure, FigureRecord, Fund, Plaque, Site, SiteRecord
from sites.services import (
    add_entry,
    appoint_liaison,
    award_own_plaque,
    award_plaque,
    close_site,
    confirm_entry,
    confirm_plaque,
    merge_site,
    move_site,
    register_plaque,
    rename_site,
    replace_plaque,
    resume_plaque,
    revoke_plaque,
    set_area_figures,
    suspend_plaque,
    update_site,
    withdraw_entry,
)
from tests.applications.conftest import png

DAY = datetime.date
BEFORE, MIDDLE, TODAY = DAY(2016, 2, 28), DAY(2017, 4, 1), DAY(2017, 5, 22)


def play(xiangtan, people, make_site, make_user) -> SimpleNamespace:
    """Everything that happens, day by day, up to TODAY."""
    story = _Story(xiangtan, people, make_site, make_user)
    for day, step in (
        (DAY(2016, 3, 1), story.register),
        (DAY(2016, 6, 2), story.award),
        (DAY(2017, 2, 3), story.report),
        (DAY(2017, 3, 4), story.change),
        (DAY(2017, 4, 5), story.correct),
        (DAY(2017, 5, 6), story.end),
    ):
        clock.set_today(day)
        step()
    clock.set_today(TODAY)
    return SimpleNamespace(**story.sites)


class _Story:
    def __init__(self, xiangtan, people, make_site, make_user):
        self.xiangtan, self.people, self.make_site, self.make_user = xiangtan, people, make_site, make_user
        self.sites: dict[str, Site] = {}

    def register(self):
        for name, category, area, more in (
            ("a", "community", "湘潭县", {"is_flagship": True, "figures": {"members": Decimal(100)}}),
            ("b", "park", "湘潭县", {"figures": {"members": Decimal(20), "output": Decimal("36.50")}}),
            ("c", "community", "湘潭县", {}),
            ("d", "village", "湘潭县", {}),
            ("e", "community", "韶山市", {"figures": {"members": Decimal(7)}}),
            ("f", "project", "韶山市", {"is_flagship": True}),
        ):
            self.sites[name] = self.make_site(f"点{name}", category=category, area=area, **more)

    def award(self):
        county, city = self.xiangtan.levels["county"], self.xiangtan.levels["city"]
        for name, staff in (("a", "county"), ("b", "county"), ("c", "county"), ("e", "neighbour")):
            self._own(name, getattr(self.people, staff), county)
        for name in "ab":
            award_plaque(
                actor=None, site=self.sites[name], level=city, awarded_on=DAY(2016, 6, 1), reason="验收合格"
            )
        register_plaque(
            actor=self.people.county, site=self.sites["d"], level=city, number="旧1号",
            awarded_on=DAY(2014, 1, 1), paper=png(),
        )  # fmt: skip

    def _own(self, name, staff, level):
        award_own_plaque(actor=staff, site=self.sites[name], level=level, reason="合格")

    def report(self):
        county = self.people.county
        self._fund(county, "a", "50000.05", 2017)
        self._fund(county, "a", "1000", 2016)
        self._fund(county, "b", "300", 2017)
        self._fund(self.people.neighbour, "e", "20", 2017)
        self._areas("湘潭县", county, villages=297, with_organisation=275, with_venue=200)
        update_site(
            actor=county,
            site=self.sites["a"],
            revision=1,
            figures={"members": Decimal(110), "jobs": Decimal(9)},
        )

    def _fund(self, actor, name, amount, year):
        values = {"name": "县级财政", "amount": Decimal(amount), "purpose": "修缮", "year": year}
        return add_entry(actor=actor, site=self.sites[name], model=Fund, **values)

    def _areas(self, area, actor, **values):
        set_area_figures(
            actor=actor,
            programme=self.xiangtan.programme,
            area=self.xiangtan.areas[area],
            year=2017,
            values={code: Decimal(value) for code, value in values.items()},
        )

    def change(self):
        office = self.people.office
        self.sites["a"] = rename_site(actor=office, site=self.sites["a"], name="新点a", reason="改名")
        self.sites["b"] = move_site(
            actor=office, site=self.sites["b"], area=self.xiangtan.areas["韶山市"], reason="区划调整"
        )
        suspend_plaque(actor=office, plaque=self._plaque("a", "city"), reason="整改")
        confirm_plaque(actor=office, plaque=self._plaque("d", "city"))
        self.proposed = self._proposal()
        self._areas("韶山市", self.people.neighbour, villages=40)

    def _proposal(self):
        township = Unit.objects.filter(parent=self.xiangtan.areas["湘潭县"]).first()
        user = self.make_user("keeper", None, township)
        appoint_liaison(actor=self.people.county, site=self.sites["a"], user=user)
        return self._fund(User.objects.get(pk=user.pk), "a", "4000", 2017)

    def correct(self):
        county = self.people.county
        confirm_entry(actor=county, entry=self.proposed)
        withdraw_entry(
            actor=county, entry=Fund.objects.get(site=self.sites["a"], year=2016), reason="重复录入"
        )
        site = Site.objects.get(pk=self.sites["a"].pk)
        update_site(
            actor=county, site=site, revision=site.revision, figures={"members": Decimal(90), "jobs": None}
        )
        self._areas("湘潭县", county, with_organisation=270)
        self._areas("韶山市", self.people.office, with_organisation=39, with_venue=5)
        resume_plaque(actor=self.people.office, plaque=self._plaque("a", "city"), reason="整改完成")

    def end(self):
        office, county = self.people.office, self.people.county
        close_site(actor=self.people.neighbour, site=self.sites["f"], reason="不再建设")
        merge_site(actor=office, site=self.sites["c"], into=self.sites["a"], reason="合并")
        revoke_plaque(actor=self.people.neighbour, plaque=self._plaque("e", "county"), reason="不合格")
        replace_plaque(actor=county, plaque=self._plaque("a", "county"), reason="更名换牌")

    def _plaque(self, name, level) -> Plaque:
        plaques = Plaque.objects.filter(site=self.sites[name], level__code=level)
        return plaques.select_related("site__area", "level__programme__owner").latest("pk")


# --- what the rows say of a day -------------------------------------------------------------------------------------


def sites_then(day) -> list[SimpleNamespace]:
    """Every site known at the end of a day: its area and state by its log, walked back from today."""
    moment, found = end_of(day), []
    areas = {unit.name: unit for unit in Unit.objects.all()}
    for site in Site.objects.all():
        if site.registered_at > moment:
            continue
        area, state = site.area, site.state
        for row in reversed(list(site.log.all())):
            if row.at > moment:
                state = row.from_state
                if row.action == "move":
                    area = areas[row.reason.splitlines()[0].split(" → ")[0].split(" ")[0]]
        found.append(
            SimpleNamespace(
                pk=site.pk, area=area, category=site.category, state=state, year=site.registered_at.year
            )
        )
    return found


def plaques_then(day) -> list[SimpleNamespace]:
    """Every plaque written down by the end of a day, with the state its log gives and the place of its site then."""
    moment, sites, found = end_of(day), {site.pk: site for site in sites_then(day)}, []
    written = {}
    for event in AuditEvent.objects.filter(action__in=("plaque.award", "plaque.register")):
        written[int(event.object_id)] = event.at
    for plaque in Plaque.objects.select_related("level"):
        if written[plaque.pk] > moment:
            continue
        state = plaque.state
        for row in reversed(list(plaque.log.all())):
            if row.at > moment:
                state = row.from_state
        found.append(
            SimpleNamespace(
                site=sites[plaque.site_id],
                level=plaque.level,
                state=state,
                awarded=plaque.awarded_on.year,
                is_new=plaque.replaces_id is None,
            )
        )
    return found


def flagships_then(day) -> set[int]:
    """The sites marked as flagships at the end of a day."""
    return {row.site_id for row in SiteRecord.objects.all() if _stood(row, day) and row.shown["flagship"]}


def figures_then(day) -> list[tuple]:
    """(site, year, code, value) of every figure that stood at the end of a day."""
    sites = {site.pk: site for site in sites_then(day)}
    return [
        (sites[row.site_id], row.year, row.code, row.value)
        for row in FigureRecord.objects.all()
        if _stood(row, day)
    ]


def funds_then(day) -> list[tuple]:
    """(site, year, amount) of every fund that was confirmed at the end of a day."""
    moment, sites, found = end_of(day), {site.pk: site for site in sites_then(day)}, []
    for fund in Fund.objects.all():
        state = fund.state
        for row in reversed(list(fund.log.all())):
            if row.at > moment:
                state = row.from_state
        if fund.recorded_at <= moment and state == "confirmed":
            found.append((sites[fund.site_id], fund.year, fund.amount))
    return found


def area_figures_then(day) -> dict:
    """{area id: {code: value}} of 2017 as it stood at the end of a day."""
    found = defaultdict(dict)
    for row in AreaFigure.objects.filter(year=2017):
        if _stood(row, day):
            found[row.area_id][row.code] = row.value
    return found


def _stood(row, day) -> bool:
    moment = end_of(day)
    return row.recorded_at <= moment and (row.superseded_at is None or row.superseded_at > moment)
