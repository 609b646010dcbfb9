"""Seals for tests: one authority for the whole run, real key files, real forms."""

import datetime
import io
import subprocess
from functools import cache
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.enums import Role
from applications.content import form_fields
from applications.paper import printed
from applications.services import freeze, register_seal, save_form, seal_version, start_application
from programmes.demo_seals import Authority, make_authority, make_key_file, seal_picture
from sites.services import award_own_plaque, confirm_plaque, register_plaque
from tests.applications.conftest import png

PASSPHRASE = "correct horse"


@cache
def authority() -> Authority:
    return make_authority()


@cache
def picture() -> bytes:
    return seal_picture("湘潭县委统战部")


@pytest.fixture
def roots(settings, tmp_path):
    """The folder of trusted roots, holding the tests' authority."""
    settings.SEAL_TRUST_ROOTS = tmp_path / "roots"
    settings.SEAL_TRUST_ROOTS.mkdir()
    (settings.SEAL_TRUST_ROOTS / "test.pem").write_bytes(authority().pem)
    return settings.SEAL_TRUST_ROOTS


def picture_file(content: bytes | None = None, name="seal.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content, "image/png")


def key_file(name="湘潭县委统战部", passphrase=PASSPHRASE, issuer=None, **options) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "seal.p12", make_key_file(issuer or authority(), name, passphrase, **options), "application/x-pkcs12"
    )


def register(keeper, unit, **options):
    return register_seal(
        actor=keeper,
        unit=unit,
        name=f"{unit.name}委统战部",
        picture=options.pop("picture", None) or picture_file(),
        key_file=key_file(f"{unit.name}委统战部", **options),
        passphrase=PASSPHRASE,
    )


@pytest.fixture
def keepers(xiangtan, people, make_user) -> SimpleNamespace:
    """Seal keepers of 湘潭县, of its neighbour 韶山市, of the city and of the province."""
    return SimpleNamespace(
        county=make_user("countyseal", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"]),
        neighbour=make_user("neighbourseal", Role.SEAL_KEEPER, xiangtan.areas["韶山市"]),
        city=make_user("cityseal", Role.SEAL_KEEPER, xiangtan.city),
        province=make_user("provinceseal", Role.SEAL_KEEPER, xiangtan.city.parent),
    )


@pytest.fixture
def seals(roots, xiangtan, keepers) -> SimpleNamespace:
    """A valid seal at each of the three levels."""
    return SimpleNamespace(
        county=register(keepers.county, xiangtan.areas["湘潭县"]),
        city=register(keepers.city, xiangtan.city),
        province=register(keepers.province, xiangtan.city.parent),
    )


@pytest.fixture
def province_draft(xiangtan, people, make_site):
    """A filled draft of a province application of 湘潭县: its form has a box for each of the three levels."""

    def make(name="同心社区甲"):
        site = make_site(name)
        award_own_plaque(
            actor=people.county, site=site, level=xiangtan.levels["county"], reason="县委统战部文件"
        )
        plaque = register_plaque(
            actor=people.county,
            site=site,
            level=xiangtan.levels["city"],
            number=f"{name}2015年1号",
            awarded_on=datetime.date(2015, 12, 10),
            paper=png(),
        )
        plaque.refresh_from_db()
        confirm_plaque(actor=people.office, plaque=plaque)
        application = start_application(actor=people.county, site=site, rule=xiangtan.rules["province"])
        return save_form(
            actor=people.county,
            application=application,
            revision=application.revision,
            data={field["code"]: "组织健全，活动经常。" for field in form_fields(application)},
        )

    return make


@pytest.fixture
def version(province_draft, people):
    """The printed form of such a draft."""
    return printed(freeze(actor=people.county, application=province_draft()))


def put(keeper, version, box, opinion="同意申报。", **options):
    """Seal as a keeper does; `version` is read again, as a page would."""
    fresh = type(version).objects.get(pk=version.pk)
    return seal_version(
        actor=keeper, version=fresh, box=box, opinion=opinion, **{"passphrase": PASSPHRASE, **options}
    )


def content(file) -> bytes:
    with file.open() as stream:
        return stream.read()


def pdfsig(pdf: bytes, folder) -> list[str]:
    """What poppler says of each signature, e.g. "Signature is Valid."; without looking at certificates."""
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True)
    return [
        line.split("Validation:")[1].strip()
        for line in done.stdout.splitlines()
        if "Signature Validation:" in line
    ]


def rendered(pdf: bytes, page: int, dpi: int, folder):
    """A page as an RGB picture."""
    (folder / "page.pdf").write_bytes(pdf)
    command = [
        "pdftoppm",
        "-r",
        str(dpi),
        "-f",
        str(page),
        "-l",
        str(page),
        "-singlefile",
        "page.pdf",
        "page",
    ]
    subprocess.run(command, cwd=folder, check=True)
    return Image.open(io.BytesIO((folder / "page.ppm").read_bytes())).convert("RGB")
