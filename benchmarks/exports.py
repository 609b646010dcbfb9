"""What exports cost: time beside the least it can take in the same run, and memory in a process of its own.

python -m benchmarks.exports
"""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.data import ROOT, fill, programme, scratch
from benchmarks.timing import Line, medians, show

SIZES = (10_000, 100_000)
#: Photos of an application whose dossier is built.
PICTURES = (10, 40)
REPETITIONS = {10_000: 5, 100_000: 1}
#: Beside the ten columns of the list: what else a row and its neighbours know.
MORE = (
    "contact", "phone", "profile", "initials", "revision", "programme_id", "category__mark", "area__code",
    "area__short_name", "unit__code",
)  # fmt: skip
#: The same without the plaques, which come from a table of their own.
COLUMNS = (
    "name", "category__name", "area__name", "unit__name", "address", "person_in_charge", "is_flagship", "state",
    "registered_at", *MORE,
)  # fmt: skip


def run(sizes=SIZES) -> list[Line]:
    """Measure the export of a list at each size, and dossiers, with the memory of processes of their own.

    Call it inside `scratch()`.
    """
    from django.db import connection

    os.environ["BENCH_DATABASE"] = str(connection.settings_dict["NAME"])
    scene = programme()
    lines = []
    for size in sizes:
        fill(scene, size)
        jobs = _jobs(scene.office)
        seconds, least, objects = medians(*jobs, repetitions=REPETITIONS.get(size, 1), warm_up=1)
        job = f"export of {size:,} sites × 20 columns"
        lines.append(Line(job, seconds, "values_list of the same", least, "≤ 7"))
        lines.append(Line(job, seconds, "its own ORM objects", objects, ""))
        before, peak = _memory()
        lines.append(Line(f"{job}, peak (MB)", peak, "before it began", before, ""))
    return lines + dossiers(scene)


def _jobs(user) -> tuple[Callable, ...]:
    """The export, the values of the same columns alone, and the objects of the list alone."""
    from accounts.lists import export
    from sites.models import Plaque, Site
    from sites.selectors import sites_for_list

    def whole():
        export(sites_for_list(user), resource=_resource()(), title="bench").close()

    def floor():
        sites = Site.objects.visible_to(user)
        plaques = Plaque.objects.in_force().filter(site__in=sites)
        for rows in (sites.values_list(*COLUMNS), plaques.values_list("site_id", "level__name", "number")):
            for _row in rows.iterator(chunk_size=2_000):
                pass

    def objects():
        for _site in sites_for_list(user).iterator(chunk_size=2_000):
            pass

    return whole, floor, objects


def _resource():
    from import_export import fields

    from sites.resources import SiteResource

    names = (*SiteResource.Meta.fields, *MORE)
    meta = type("Meta", (), {"model": SiteResource.Meta.model, "fields": names, "export_order": names})
    added = {name: fields.Field(name, column_name=name) for name in MORE}
    return type("WideResource", (SiteResource,), {"Meta": meta, **added})


def dossiers(scene, numbers=PICTURES) -> list[Line]:
    """Measure the dossier of an application with so many photos of some megabytes, beside packing them alone."""
    fonts = ROOT / "var" / "fonts"
    if fonts.exists() and not (Path(os.environ["DATA_DIR"]) / "fonts").exists():
        (Path(os.environ["DATA_DIR"]) / "fonts").symlink_to(fonts)
    lines = []
    for number in numbers:
        application = _filed(scene, number)
        build, floor = _dossier_jobs(scene.office, application)
        seconds, least = medians(build, floor, repetitions=1, warm_up=1)
        size = sum(paper.size for paper in application.attachments.all()) // 1_000_000
        job = f"dossier (ZIP and PDF) with {number} photos, {size} MB"
        lines.append(Line(job, seconds, "hash and pack the photos", least, ""))
        before, peak = _memory(application.pk)
        lines.append(Line(f"{job}, peak (MB)", peak, "before it began", before, ""))
    return lines


def _filed(scene, pictures: int):
    """An application with a filed form and so many photos."""
    from django.core.files.base import ContentFile

    from accounts import clock
    from applications.content import content_hash, content_of
    from applications.models import Application, Attachment, FormVersion
    from benchmarks.data import _site

    site = _site(scene, random.Random(pictures), 900_000 + pictures, {a.pk: [a] for a in scene.areas})
    site.save()
    application = Application.objects.create(
        cycle=scene.cycles[0], site=site, level=scene.programme.levels.get(code="city"), area=site.area,
        number=f"dossier-{pictures}", state="submitted", created_by=scene.county, created_at=clock.now(),
        filed_first_at=clock.now(), submitted_at=clock.now(),
    )  # fmt: skip
    content = content_of(application)
    FormVersion.objects.create(
        application=application, number=1, content=content, content_hash=content_hash(content),
        made_at=clock.now(), made_by=scene.county, filed_at=clock.now(),
    )  # fmt: skip
    for number in range(pictures):
        data = _photo(number)
        Attachment.objects.create(
            application=application, kind="photo", file=ContentFile(data, "photo.jpg"), name=f"照片{number}.jpg",
            content_type="image/jpeg", size=len(data), sha256="0" * 64, uploaded_by=scene.county,
            uploaded_at=clock.now(),
        )  # fmt: skip
    return application


def _photo(number: int) -> bytes:
    """A photo of eight megapixels as a telephone takes it, full of detail."""
    from PIL import Image

    stream = io.BytesIO()
    noise = Image.effect_noise((815, 612), 60 + number).resize((3264, 2448))
    Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise)).save(
        stream, "JPEG", quality=95
    )
    return stream.getvalue()


def _dossier_jobs(user, application) -> tuple[Callable, Callable]:
    from assessments.dossier.build import Building
    from assessments.dossier.collect import application_dossier

    def build():
        with tempfile.TemporaryDirectory() as folder:
            dossier = application_dossier(user, application)
            Building(dossier, Path(folder), scope="bench", step=lambda _done, _total: None).zip()

    def floor():
        with tempfile.TemporaryFile() as target, zipfile.ZipFile(target, "w") as book:
            for paper in application.attachments.all():
                digest = hashlib.sha256()
                with paper.file.open("rb") as read, book.open(f"{paper.pk}.jpg", "w") as write:
                    while chunk := read.read(1024 * 1024):
                        digest.update(chunk)
                        write.write(chunk)

    return build, floor


def _memory(dossier_of: int | None = None) -> tuple[float, float]:
    """Megabytes of a process that exports the list, or builds one dossier, once: before and at its peak."""
    code = f"from benchmarks import exports; exports.measure_memory({dossier_of})"
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    return tuple(json.loads(done.stdout.splitlines()[-1]))


def measure_memory(dossier_of: int | None) -> None:
    """Print this process's memory before and after one job, on the database the parent made."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = os.environ["BENCH_DATABASE"]
    from accounts.models import User
    from applications.models import Application

    user = User.objects.get(username="office")
    if dossier_of is None:
        job, *_floors = _jobs(user)
    else:
        from notices.printing import warm_up

        warm_up("dossier.css")
        job, _floor = _dossier_jobs(user, Application.objects.get(pk=dossier_of))
    before = _peak()
    job()
    print(json.dumps([before, _peak()]))


def _peak() -> float:
    """The peak of this process alone: getrusage would begin with its parent's."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:

    with scratch():
        lines = run()
    if "--json" in sys.argv:
        print(json.dumps(lines))
    else:
        show(lines)


if __name__ == "__main__":
    main()
