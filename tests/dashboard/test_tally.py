"""The journal of figures always says what the sites and plaques themselves say."""

import datetime
import random

import pytest

from accounts.errors import DomainError
from sites.models import Plaque, Site, TallyMovement
from sites.services import (
    award_own_plaque,
    award_plaque,
    close_site,
    confirm_plaque,
    recount,
    refuse_plaque,
    register_plaque,
    reopen_site,
    revoke_plaque,
    update_site,
)
from tests.applications.conftest import png
from tests.sites.tallies import counted_tally, journal, journal_of_rows, kept


class Year:
    """Random but lawful doings of a county and its office; what the services refuse counts as not done."""

    def __init__(self, seed, xiangtan, people, make_site):
        self.dice = random.Random(seed)
        self.xiangtan, self.people, self.make_site = xiangtan, people, make_site
        self.done = 0

    def step(self):
        act = self.dice.choice(
            [self.register, self.register, self.award, self.award, self.earlier, self.decide, self.revoke,
             self.close, self.reopen, self.change_category]
        )  # fmt: skip
        try:
            act()
        except DomainError:
            return
        self.done += 1

    def site(self):
        sites = list(Site.objects.select_related("area").order_by("id"))
        if not sites:
            raise DomainError("no site yet")
        return self.dice.choice(sites)

    def staff(self, site):
        return self.people.county if site.area.name == "湘潭县" else self.people.neighbour

    def plaque(self, **wanted):
        plaques = list(Plaque.objects.filter(**wanted).select_related("level", "site").order_by("id"))
        if not plaques:
            raise DomainError("no such plaque")
        return self.dice.choice(plaques)

    def register(self):
        self.make_site(
            f"点{self.dice.randrange(10**9)}",
            category=self.dice.choice(list(self.xiangtan.categories)),
            area=self.dice.choice(["湘潭县", "韶山市"]),
        )

    def award(self):
        site = self.site()
        level = self.xiangtan.levels[self.dice.choice(["county", "city"])]
        if level.code == "county":
            award_own_plaque(actor=self.staff(site), site=site, level=level, reason="合格")
        elif site.state == "active":
            award_plaque(
                actor=None, site=site, level=level, awarded_on=datetime.date(2017, 5, 1), reason="验收合格"
            )

    def earlier(self):
        site = self.site()
        register_plaque(
            actor=self.staff(site),
            site=site,
            level=self.xiangtan.levels[self.dice.choice(["county", "city", "province"])],
            number=f"旧{self.dice.randrange(10**9)}号",
            awarded_on=datetime.date(2014, 1, 1),
            paper=png(),
        )

    def decide(self):
        plaque = self.plaque(state="claimed")
        if self.dice.random() < 0.7:
            confirm_plaque(actor=self.people.office, plaque=plaque)
        else:
            refuse_plaque(actor=self.people.office, plaque=plaque, reason="材料不符")

    def revoke(self):
        plaque = self.plaque(state="valid")
        own = plaque.level.code == "county"
        actor = self.staff(plaque.site) if own else self.people.office
        revoke_plaque(actor=actor, plaque=plaque, reason="复核不合格")

    def close(self):
        site = self.site()
        close_site(actor=self.staff(site), site=site, reason="不再建设")

    def reopen(self):
        reopen_site(actor=self.people.office, site=self.site(), reason="恢复建设")

    def change_category(self):
        site = self.site()
        category = self.xiangtan.categories[self.dice.choice(list(self.xiangtan.categories))]
        update_site(actor=self.staff(site), site=site, revision=site.revision, category=category)


@pytest.mark.parametrize("seed", range(6))
def test_the_summary_follows_whatever_happens(seed, xiangtan, people, make_site):
    year = Year(seed, xiangtan, people, make_site)
    for _turn in range(70):
        year.step()
        assert kept(xiangtan.programme) == counted_tally(xiangtan.programme)
    assert journal(xiangtan.programme) == journal_of_rows(xiangtan.programme)
    assert year.done > 30
    assert Plaque.objects.filter(state="revoked").exists()


def test_recount_rebuilds_a_summary_that_went_wrong(xiangtan, people, make_site):
    site = make_site("甲")
    make_site("乙", category="park")
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="合格")
    right = counted_tally(xiangtan.programme)
    TallyMovement.objects.update(count=17)
    assert kept(xiangtan.programme) != right
    assert recount(programme=xiangtan.programme, measures=["sites", "plaques"]) == 3
    assert kept(xiangtan.programme) == right


def test_recount_leaves_another_programme_alone(xiangtan, make_site):
    make_site("甲")
    other = type(xiangtan.programme).objects.create(code="other", name="另一项目", owner=xiangtan.city)
    recount(programme=other)
    assert kept(xiangtan.programme) == counted_tally(xiangtan.programme) != {}
