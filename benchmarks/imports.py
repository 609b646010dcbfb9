"""What a table of 10,000 sites costs: checked and imported as the product does, beside a plain read and write of it.

Each way runs in a process of its own on a database of its own, so that none warms, or fattens, the other; ours reads
and judges the file twice, once for the check and once for the import, and that is what is timed.

    python -m benchmarks.imports
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from benchmarks.data import programme, scratch
from benchmarks.timing import Line, show

ROWS = 10_000
PROCESSES = 3
PEOPLE = ("主任", "办公室主任", "书记")
FLOORS = {"openpyxl": "openpyxl + bulk_create", "calamine": "calamine + bulk_create"}


def _write_file(scene: SimpleNamespace, path: Path) -> None:
    """The same made-up table in every run, as Excel would write it."""
    import xlsxwriter
    from django.utils import translation

    from accounts.models import Unit
    from sites.imports.services import make_kind

    area = scene.areas[0]
    units = [unit.name for unit in Unit.objects.within(area).exclude(pk=area.pk)]
    categories = [category.name for category in scene.programme.categories.all()]
    with translation.override("zh-hans"):
        heads = [str(column.label) for column in make_kind("sites", scene.county, scene.programme).columns]
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, heads)
        for number in range(1, ROWS + 1):
            sheet.write_row(number, 0, [
                area.name, categories[number % len(categories)], f"同心示范点{number:05d}",
                units[number % len(units)], f"某路{number}号", PEOPLE[number % 3], "联络员",
                f"0731-{number:08d}", f"第{number}个示范点，建有书屋、法律咨询室和志愿服务站。", "否",
            ])  # fmt: skip


def _ours(scene: SimpleNamespace, path: Path) -> float:
    """Upload, check, import: everything but the request itself. Returns the seconds of the import alone."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from sites.imports.services import start_check, start_import
    from sites.tasks import check_import, write_import

    upload = SimpleUploadedFile("sites.xlsx", path.read_bytes())
    check = start_check(actor=scene.county, code="sites", programme=scene.programme, upload=upload)
    check_import(check.pk)
    check.refresh_from_db()
    start = time.perf_counter()
    done = start_import(actor=scene.county, check=check, take_good=False)
    write_import(done.pk)
    seconds = time.perf_counter() - start
    done.refresh_from_db()
    assert done.result["counts"]["new"] == ROWS, done.error
    return seconds


def _plain(read):
    """The floor: read the table and create what it says, without a question asked."""

    def run(scene: SimpleNamespace, path: Path) -> None:
        from accounts import clock
        from accounts.models import Unit
        from sites.models import Site

        area = scene.areas[0]
        units = {unit.name: unit for unit in Unit.objects.within(area)}
        categories = {category.name: category for category in scene.programme.categories.all()}
        rows = iter(read(path))
        next(rows)
        Site.objects.bulk_create(
            [
                Site(
                    programme=scene.programme,
                    area=area,
                    category=categories[row[1]],
                    name=row[2],
                    unit=units[row[3]],
                    address=row[4],
                    person_in_charge=row[5],
                    contact=row[6],
                    phone=row[7],
                    profile=row[8],
                    registered_at=clock.now(),
                )
                for row in rows
            ],
            batch_size=500,
        )

    return run


def _openpyxl(path: Path):
    from openpyxl import load_workbook

    return load_workbook(path).active.iter_rows(values_only=True)


def _calamine(path: Path):
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


WAYS = {"ours": _ours, "openpyxl": _plain(_openpyxl), "calamine": _plain(_calamine)}


def _measure(way: str, path: Path) -> dict[str, float]:
    """Seconds and peak memory (MB) of one way, in this process."""
    with scratch():
        from django.conf import settings

        scene = programme()
        settings.MEDIA_ROOT = Path(settings.DATA_DIR) / "media"
        start = time.perf_counter()
        second_half = WAYS[way](scene, path)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "second half": second_half or seconds, "peak": _peak()}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def _in_process(job: str, path: Path) -> str:
    command = [sys.executable, "-m", "benchmarks.imports", job, str(path)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def run() -> list[Line]:
    """Measure all ways in turn, each several times, and compare the medians."""
    found: dict[str, list[dict]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.xlsx"
        _in_process("write", path)
        for _repetition in range(PROCESSES):
            for way, results in found.items():
                results.append(json.loads(_in_process(way, path)))

    def median(way: str, key: str) -> float:
        return statistics.median(result[key] for result in found[way])

    lines = []
    for way, name in FLOORS.items():
        aim = "≤ 3" if way == "openpyxl" else ""
        job = f"check and import {ROWS:,} sites"
        lines.append(Line(job, median("ours", "seconds"), name, median(way, "seconds"), aim))
        lines.append(Line(f"{job}, peak (MB)", median("ours", "peak"), name, median(way, "peak"), ""))
    job = f"import {ROWS:,} checked sites"
    floor = median("calamine", "seconds")
    return [*lines, Line(job, median("ours", "second half"), FLOORS["calamine"], floor, "≤ 1.8")]


def main() -> None:
    if len(sys.argv) == 3:
        job, path = sys.argv[1], Path(sys.argv[2])
        if job == "write":
            with scratch():
                _write_file(programme(), path)
        else:
            print(json.dumps(_measure(job, path)))
    else:
        show(run())


if __name__ == "__main__":
    main()
