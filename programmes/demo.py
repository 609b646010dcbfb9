"""The demonstration: an account for every role and unit, and a year that has just begun.

Everything is made through the services, on the days the demonstration says it happened.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError, Reason
from accounts.models import Unit, User
from accounts.services import create_user, grant_role
from applications.content import form_fields
from applications.enums import AttachmentKind
from applications.models import Application, Cycle
from applications.services import (
    accept,
    add_attachment,
    return_for_correction,
    save_form,
    start_application,
    submit,
)
from assessments.services import assign_assessor, open_assessment
from programmes.demo_certificates import make_certificates
from programmes.demo_figures import make_figures
from programmes.demo_life import make_life
from programmes.demo_papers import SHEET, demo_paper
from programmes.demo_publicity import make_publicity
from programmes.demo_seals import make_seals
from programmes.demo_stories import make_stories
from programmes.demo_supervision import make_supervision
from programmes.demo_watch import make_watch
from sites.enums import PlaqueState
from sites.models import Plaque, Programme, Site
from sites.services import confirm_plaque, register_plaque, register_site, set_figures
from supervision.models import SupervisionGroup
from supervision.services import join_group

DATA = Path(__file__).parent / "data" / "xiangtan-2017-demo.yaml"
#: One for all demo accounts, shown on the login page of a demonstration. A production setting refuses to
#: start while such accounts exist.
DEMO_PASSWORD = "Demo-2017!"  # noqa: S105
#: The figures of the year before, as a share of this year's.
LAST_YEAR = 0.9


@dataclass(frozen=True)
class Stage:
    """What the demonstration plays on: its data, its cycle, and its people by username."""

    data: dict
    cycle: Cycle
    people: dict[str, User]

    @property
    def office(self) -> User:
        return self.people[self.data["office"]]

    def staff(self, area: Unit) -> User:
        return self.people[self.data["staff_of"][area.code]]


@transaction.atomic
def load() -> Counter:
    """Add demo accounts and seals that are missing, and sites and applications where the programme has no site yet.

    Returns how many accounts, seals, sites, applications and entries of ledgers were made; a second load makes none.
    Raises DomainError when the programme file has not been loaded.
    """
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    cycle = Cycle.objects.filter(programme__code=data["programme"], year=data["year"]).first()
    if cycle is None:
        text = _("The programme %(code)s is not loaded yet.") % {"code": data["programme"]}
        raise DomainError(Reason(text=text, remedy=_("Run load_programme first.")))
    with clock.travel(cycle.scheme_issued_on):
        made = Counter(accounts=_make_accounts(data, cycle.programme))
        made["seals"] = make_seals(data["seals"], DEMO_PASSWORD)
    if not Site.objects.filter(programme=cycle.programme).exists():
        people = User.objects.in_bulk([row["username"] for row in data["accounts"]], field_name="username")
        stage = Stage(data=data, cycle=cycle, people=people)
        made["sites"] = _make_sites(stage)
        made["applications"] = _make_applications(stage)
        made += _make_supervision(stage)
        made["entries"] = make_life(stage)
        made += make_publicity(stage.cycle, stage.staff)
        made["figures"] = make_figures(stage)
        made["texts"] = make_stories(stage)
        with clock.travel(stage.data["watched_on"]):
            made["certificates"] = make_certificates(cycle.programme, stage.staff)
        made += make_watch(stage)
    return made


# --- accounts -----------------------------------------------------------------------------------------------


def _make_accounts(data: dict, programme: Programme) -> int:
    taken = set(User.objects.values_list("username", flat=True))
    missing = [row for row in data["accounts"] if row["username"] not in taken]
    # Hashing is slow on purpose; one hash for all of them saves most of the set-up's time.
    password = make_password(DEMO_PASSWORD) if missing else ""
    for row in missing:
        user = _make_account(row, programme, data["roles_from"])
        User.objects.filter(pk=user.pk).update(password=password)
    return len(missing)


def _make_account(row: dict, programme: Programme, since: datetime.date) -> User:
    user = create_user(
        actor=None,
        username=row["username"],
        title=row["title"],
        unit=Unit.objects.get(code=row["unit"]),
        password=None,  # _make_accounts sets it for all at once
        is_demo=True,
    )
    for role, unit in row.get("roles", {}).items():
        grant_role(actor=None, user=user, role=role, unit=Unit.objects.get(code=unit), valid_from=since)
    if "group" in row:
        group = SupervisionGroup.objects.get(programme=programme, code=row["group"])
        join_group(actor=None, group=group, user=user, valid_from=since)
    return user


# --- sites and their earlier plaques ------------------------------------------------------------------------


def _make_sites(stage: Stage) -> int:
    # Day by day, so that the lists that run by number run by date too.
    with clock.travel(stage.data["registered_on"]):
        sites = [(_register(stage, row), row.get("plaques", [])) for row in stage.data["sites"]]
        plaques = [(_register_plaque(stage, site, row), row) for site, rows in sites for row in rows]
    with clock.travel(stage.data["confirmed_on"]):
        for plaque, row in plaques:
            if plaque.state == PlaqueState.CLAIMED and row.get("confirmed", True):
                confirm_plaque(actor=stage.office, plaque=plaque)
    return len(sites)


def _register(stage: Stage, row: dict) -> Site:
    area = Unit.objects.get(code=row["area"])
    programme = stage.cycle.programme
    site = register_site(
        actor=stage.staff(area),
        programme=programme,
        area=area,
        unit=Unit.objects.get(code=row["unit"]),
        category=programme.categories.get(code=row["category"]),
        name=row["name"],
        address=row["address"],
        person_in_charge=row["person_in_charge"],
        contact=stage.data["contact"],
        is_flagship=row.get("is_flagship", False),
        figures=row["figures"],
    )
    before = {code: int(value * LAST_YEAR) for code, value in row["figures"].items()}
    set_figures(site=site, year=stage.cycle.year - 1, values=before)
    return site


def _register_plaque(stage: Stage, site: Site, row: dict) -> Plaque:
    level = stage.cycle.programme.levels.get(code=row["level"])
    day = row["awarded_on"]
    paper = demo_paper(name=row["number"], lines=[site.name, level.name, row["number"], f"{day:%Y-%m-%d}"])
    return register_plaque(
        actor=stage.staff(site.area),
        site=site,
        level=level,
        number=row["number"],
        awarded_on=day,
        paper=paper,
    )


def _make_supervision(stage: Stage) -> Counter:
    staff = {area: stage.people[username] for area, username in stage.data["staff_of"].items()}
    return make_supervision(stage.cycle, staff)


# --- applications -------------------------------------------------------------------------------------------


def _make_applications(stage: Stage) -> int:
    filed = []
    for row in sorted(stage.data["applications"], key=lambda row: row["filed_on"]):
        site = Site.objects.get(programme=stage.cycle.programme, name=row["site"])
        with clock.travel(row["filed_on"]):
            filed.append((_file(stage, site, row), row))
    for application, row in filed:
        if "handled_on" in row:
            with clock.travel(row["handled_on"]):
                _handle(stage, application, row)
    return len(filed)


def _file(stage: Stage, site: Site, row: dict) -> Application:
    staff = stage.staff(site.area)
    rule = stage.cycle.level_rules.get(level__code=row["level"])
    application = start_application(actor=staff, site=site, rule=rule)
    application = save_form(
        actor=staff,
        application=application,
        revision=application.revision,
        data=_form_data(stage, application),
    )
    if row["until"] == "draft":
        return application
    scan = demo_paper(
        name=application.number, lines=[stage.cycle.form["title"], site.name, application.number], size=SHEET
    )
    add_attachment(
        actor=staff,
        application=application,
        kind=AttachmentKind.STAMPED,
        upload=scan,
        note=stage.data["scan_note"],
    )
    return submit(actor=staff, application=application)


def _form_data(stage: Stage, application: Application) -> dict[str, str]:
    texts, site = stage.data["texts"], application.site
    wording = {**texts["default"], **texts.get(site.category.code, {})}
    return {
        field["code"]: wording[field["code"]].format(site=site.name, area=site.area.name)
        for field in form_fields(application)
    }


def _handle(stage: Stage, application: Application, row: dict) -> None:
    if row["until"] == "returned":
        return_for_correction(actor=stage.office, application=application, reason=row["reason"])
        return
    accept(actor=stage.office, application=application)
    assessment = open_assessment(actor=stage.office, application=application)
    for username in row.get("assessors", []):
        assign_assessor(actor=stage.office, assessment=assessment, assessor=stage.people[username])
