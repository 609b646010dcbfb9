"""Two counties with the same things each, and tokens for what one of them may read."""

import datetime
from types import SimpleNamespace

import pytest

from accounts import clock
from accounts.enums import ApiScope
from accounts.services import create_token
from applications.models import Application, ApplicationLog
from applications.services import start_application
from publicity.models import Coverage
from sites.services import award_own_plaque, award_plaque

ALL = list(ApiScope.values)


def token_for(people, unit, scopes=ALL, name="省系统", days=30) -> str:
    """A token as the security administrator gives it."""
    last = clock.today() + datetime.timedelta(days=days)
    return create_token(
        actor=people.security_admin, unit=unit, name=name, scopes=list(scopes), expires_on=last
    )[1]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def add_things(xiangtan, people, make_site, on_day):
    """add_things("湘潭县", 2): so many sites, each with two plaques, an application on its way and a report."""

    def add(area: str, count: int, start: int = 0) -> None:
        on_day(2017, 5, 22)
        staff = people.county if area == "湘潭县" else people.neighbour
        for number in range(start, start + count):
            site = make_site(f"{area}{number}号", area=area)
            award_own_plaque(actor=staff, site=site, level=xiangtan.levels["county"], reason="文件")
            _file(xiangtan, staff, site)
            award_plaque(
                actor=people.office, site=site, level=xiangtan.levels["city"], reason="文件",
                awarded_on=datetime.date(2017, 5, 20),
            )  # fmt: skip
            _report(xiangtan, site)

    return add


def _file(xiangtan, staff, site) -> None:
    """An application handed in, without the papers that this needs; and, by hand of nobody, its log."""
    application = Application.objects.create(
        cycle=xiangtan.cycle, site=site, level=xiangtan.levels["city"], area=site.area, created_by=staff,
        number=f"2017-{site.pk}", state="submitted", created_at=clock.now(), filed_first_at=clock.now(),
        data={"secret": "申报内容"},
    )  # fmt: skip
    ApplicationLog.objects.create(
        subject=application, action="submit", from_state="draft", to_state="submitted", at=clock.now()
    )


def _report(xiangtan, site) -> None:
    Coverage.objects.create(
        programme=xiangtan.programme, area=site.area, site=site, medium="press", outlet_level="city",
        outlet="某日报", published_on=datetime.date(2017, 5, 1), title=f"{site.name}的一天", fingerprint="0" * 64,
        recorded_at=clock.now(),
    )  # fmt: skip


@pytest.fixture
def scene(xiangtan, people, add_things, make_site) -> SimpleNamespace:
    """Three sites in 湘潭县 and two in 韶山市; a draft in 湘潭县; tokens of 湘潭县."""
    add_things("湘潭县", 3)
    add_things("韶山市", 2)
    site = make_site("草稿的示范点")
    award_own_plaque(actor=people.county, site=site, level=xiangtan.levels["county"], reason="文件")
    start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])
    own, other = xiangtan.areas["湘潭县"], xiangtan.areas["韶山市"]
    return SimpleNamespace(own=own, other=other, secret=token_for(people, own, days=200))
