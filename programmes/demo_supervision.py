"""What the supervision groups of the demonstration have done: the year's plan, visits with photos, findings.

Everything is made through the services, on the days the demonstration says it happened.
"""

import datetime
import hashlib
import io
import uuid
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from PIL import Image, ImageDraw, ImageFont

from accounts import clock
from accounts.models import Unit, User
from applications.models import Cycle
from programmes.demo_papers import demo_font
from sites.models import Site
from supervision.models import Finding, Inspection, PlannedVisit, SupervisionGroup
from supervision.services import plan_visit, plan_year, record_finding
from supervision.services.coordination import refer_finding
from supervision.services.findings import recheck_finding, report_finding
from supervision.services.inspections import receive_inspection, receive_photo

DATA = Path(__file__).parent / "data" / "xiangtan-2017-supervision-demo.yaml"
PHOTO = (480, 360)
#: Sky, ground and house of the placeholder pictures; each number takes others.
_COLOURS = (
    (196, 216, 232),
    (214, 205, 180),
    (178, 120, 96),
    (120, 150, 120),
    (232, 222, 200),
    (90, 110, 140),
)
#: What a demonstration makes again under the same name is the same.
_NAMES = uuid.UUID("5f0c6a52-7a55-4f0e-9a62-0c8f6a1d2017")


def make_supervision(cycle: Cycle, staff_of: Mapping[str, User]) -> Counter:
    """Plan, visits and findings of a year; `staff_of` gives the county staff by code of the area.

    Returns how many planned visits, visits and findings were made.
    """
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    groups = {group.code: group for group in SupervisionGroup.objects.filter(programme=cycle.programme_id)}
    people = User.objects.in_bulk(list(data["members"].values()), field_name="username")
    members = {code: people[username] for code, username in data["members"].items()}
    before = PlannedVisit.objects.count()
    with clock.travel(data["planned_on"]):
        for row in [*data["planned"], *data["visits"]]:
            _plan(cycle, groups[row["group"]], members[row["group"]], row)
        for code, group in groups.items():
            plan_year(actor=members[code], group=group, cycle=cycle)
    steps = []
    for row in data["visits"]:
        with clock.travel(row["day"]):
            steps += _visit(cycle, groups[row["group"]], members[row["group"]], row)
    _later_steps(steps, members, staff_of)
    return Counter(
        planned_visits=PlannedVisit.objects.count() - before,
        visits=len(data["visits"]),
        findings=len(steps),
    )


def _place(cycle: Cycle, row: dict) -> Site | Unit:
    if "unit" in row:
        return Unit.objects.get(code=row["unit"])
    sites = Site.objects.select_related("category", "unit", "area")
    return sites.get(programme=cycle.programme_id, name=row["site"])


def _plan(cycle: Cycle, group: SupervisionGroup, member: User, row: dict) -> None:
    purpose = row.get("purpose", "")
    target = _place(cycle, row)
    plan_visit(actor=member, group=group, cycle=cycle, target=target, from_day=row["day"], purpose=purpose)


def _visit(cycle: Cycle, group: SupervisionGroup, member: User, row: dict) -> list[tuple[Finding, dict]]:
    """One visit with its photos; gives its findings, each with what becomes of it."""
    site = _place(cycle, row)
    name = f"{row['site']} {row['day']}"
    photos = [
        (uuid.uuid5(_NAMES, f"{name} {number}"), demo_photo(photo["picture"]), photo["note"])
        for number, photo in enumerate(row.get("photos", []))
    ]
    inspection = receive_inspection(
        actor=member,
        uid=uuid.uuid5(_NAMES, name),
        group=group,
        target=site,
        visited_on=row["day"],
        present=row["present"],
        checklist_code="site_visit",
        answers={code: {"answer": answer} for code, answer in row["answers"].items()},
        summary=row["summary"],
        kept_at=clock.now(),
        planned=PlannedVisit.objects.get(group=group, cycle=cycle, site=site),
        photos=[
            {"uid": uid, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "note": note}
            for uid, content, note in photos
        ],
    )
    for uid, content, _note in photos:
        receive_photo(actor=member, inspection=inspection, uid=uid, content=content)
    return [
        (_finding(member, inspection, found, f"{name} {number}"), found | {"group": row["group"]})
        for number, found in enumerate(row.get("findings", []))
    ]


def _finding(member: User, inspection: Inspection, found: dict, name: str) -> Finding:
    return record_finding(
        actor=member,
        inspection=inspection,
        group=inspection.group,
        cycle=inspection.cycle,
        site=inspection.site,
        unit=inspection.unit,
        area=inspection.area,
        owner=inspection.area,
        uid=uuid.uuid5(_NAMES, f"finding {name}"),
        kind=found["kind"],
        severity=found["severity"],
        text=found["text"],
        remedy=found.get("remedy", ""),
        due_on=found.get("due_on"),
    )


def _later_steps(steps: list[tuple[Finding, dict]], members: Mapping, staff_of: Mapping[str, User]) -> None:
    """What became of the findings after the day of the visit, each on its day."""
    for finding, found in steps:
        staff = staff_of[finding.area.code]
        if found["until"] == "referred":
            with clock.travel(_day_of(finding) + datetime.timedelta(days=1)):
                to_unit = Unit.objects.get(code=found["to_unit"])
                refer_finding(actor=staff, finding=finding, to_unit=to_unit, question=found["question"])
        if "reported_on" in found:
            with clock.travel(found["reported_on"]):
                report_finding(actor=staff, finding=finding, text=found["report"])
        if "checked_on" in found:
            with clock.travel(found["checked_on"]):
                recheck_finding(
                    actor=members[found["group"]],
                    finding=finding,
                    checked_on=found["checked_on"],
                    is_settled=True,
                    note=found["note"],
                )


def _day_of(finding: Finding) -> datetime.date:
    return finding.inspection.visited_on


@cache
def demo_photo(number: int) -> bytes:
    """A small JPEG that stands in for a photo: a drawn house under a sky, with 演示 across it."""
    picture = Image.new("RGB", PHOTO, _COLOURS[number % len(_COLOURS)])
    pen = ImageDraw.Draw(picture)
    width, height = PHOTO
    ground = height * (60 + number * 3) // 100
    pen.rectangle((0, ground, width, height), fill=_COLOURS[(number + 1) % len(_COLOURS)])
    left = 30 + number * 47 % 200
    wall = (left, ground - 90 - number * 17 % 60, left + 150 + number * 29 % 90, ground + 20)
    pen.rectangle(wall, fill=_COLOURS[(number + 2) % len(_COLOURS)])
    middle = (wall[0] + wall[2]) / 2
    roof = [(wall[0] - 20, wall[1]), (middle, wall[1] - 60), (wall[2] + 20, wall[1])]
    pen.polygon(roof, fill=(70, 62, 60))
    for window in range(2 + number % 3):
        edge = wall[0] + 14 + window * 44
        pen.rectangle((edge, wall[1] + 22, edge + 26, wall[1] + 56), fill=(250, 246, 220))
    font = demo_font(52)
    words = "演示 非真实照片" if font else "DEMO"
    pen.text(
        (width / 2, height * 0.86),
        words,
        fill=(178, 34, 34),
        font=font or ImageFont.load_default(52),
        anchor="mm",
        stroke_width=3,
        stroke_fill=(255, 255, 255),
    )
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=70)
    return file.getvalue()
