"""What the demonstration's counties and parks report of themselves, and money for its sites over some years."""

from decimal import Decimal
from pathlib import Path

import yaml

from accounts import clock
from accounts.models import Unit
from sites.models import Fund, Site
from sites.services import add_entry, set_area_figures

DATA = Path(__file__).parent / "data" / "xiangtan-2017-figures-demo.yaml"


def make_figures(stage) -> int:
    """Enter the figures of the areas and the funds of the sites; returns how many were made."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    areas = Unit.objects.in_bulk(
        {code for rows in data["area_figures"].values() for code in rows}, field_name="code"
    )
    with clock.travel(data["entered_on"]):
        figures = [
            set_area_figures(
                actor=stage.staff(areas[code]),
                programme=stage.cycle.programme,
                area=areas[code],
                year=year,
                values={name: Decimal(value) for name, value in values.items()},
            )
            for year, rows in data["area_figures"].items()
            for code, values in rows.items()
        ]
        for row in data["funds"]:
            _fund(stage, row)
    return sum(figures) + len(data["funds"])


def _fund(stage, row: dict) -> Fund:
    site = Site.objects.select_related("area").get(programme=stage.cycle.programme, name=row["site"])
    values = {key: row[key] for key in ("name", "purpose", "year")}
    return add_entry(
        actor=stage.staff(site.area), site=site, model=Fund, amount=Decimal(str(row["amount"])), **values
    )
