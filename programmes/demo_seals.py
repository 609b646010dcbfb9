"""Seals of the demonstration: a certificate authority of its own and one seal for each unit that keeps one.

None can be taken for a genuine seal: 演示 stands across every picture, without star or emblem, and the authority's
name says what it is. Real installations trust none of it: they start without the demonstration's root certificate.
"""

import datetime
import io
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from accounts.startup import DEMO_ROOT
from applications.models import Seal
from applications.services import register_seal
from notices.font_library import LibraryMissing, find_font

#: The name of the demonstration's certificate authority, as every reader of a sealed PDF shows it.
DEMO_AUTHORITY = "示范点系统演示证书颁发机构（演示，无效力）"
#: The demonstration plays in 2017, and readers check its papers by their own clock.
VALID_FROM, VALID_UNTIL = datetime.datetime(2015, 1, 1), datetime.datetime(2040, 12, 31)  # noqa: DTZ001 - UTC
SIDE = 600
RED = (214, 32, 32, 255)
_FONT = "Noto Serif CJK SC"


def make_seals(keepers: dict[str, str], passphrase: str) -> int:
    """Register a seal for each unit whose demo keeper has none; returns how many were made.

    keepers: the name on the seal by the keeper's user name; the seal is that of the unit the keeper's role is at.
    """
    people = (
        User.objects.filter(username__in=keepers).prefetch_related("role_assignments__unit").order_by("id")
    )
    units = {person: person.role_assignments.first().unit for person in people}
    sealed = set(Seal.objects.values_list("unit_id", flat=True))
    missing = {person: unit for person, unit in units.items() if unit.pk not in sealed}
    if not missing:
        return 0
    authority = make_authority()
    trust(authority)
    for person, unit in missing.items():
        name = keepers[person.username]
        register_seal(
            actor=person,
            unit=unit,
            name=name,
            picture=SimpleUploadedFile("seal.png", seal_picture(name)),
            key_file=SimpleUploadedFile("seal.p12", make_key_file(authority, name, passphrase)),
            passphrase=passphrase,
        )
    return len(missing)


@dataclass(frozen=True)
class Authority:
    """A certificate authority that lives as long as it takes to make some seals: its key is kept nowhere."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def make_authority(name: str = DEMO_AUTHORITY) -> Authority:
    """A root of trust with a new key (P-256: made in no time)."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(name, name, key, VALID_FROM, VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    return Authority(key, builder.sign(key, hashes.SHA256()))


def make_key_file(
    authority: Authority,
    name: str,
    passphrase: str,
    *,
    valid_from: datetime.datetime = VALID_FROM,
    valid_until: datetime.datetime = VALID_UNTIL,
    for_signing: bool = True,
    key=None,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> bytes:
    """A PKCS#12 file with a key (a new one on P-256 unless given) and the authority's certificate for `name`."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    builder = (
        _builder(name, issuer.subject, key, valid_from, valid_until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=for_signing), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    certificate = builder.sign(authority.key, hashes.SHA256())
    encryption = BestAvailableEncryption(passphrase.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [issuer], encryption)


def trust(authority: Authority) -> None:
    """Add the authority to the root certificates this installation trusts."""
    folder = Path(settings.SEAL_TRUST_ROOTS)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / DEMO_ROOT
    # Seals of an earlier set-up stay checkable: their root is kept beside the new one.
    path.write_bytes((path.read_bytes() if path.exists() else b"") + authority.pem)


def _builder(name, issuer, key, valid_from, valid_until) -> x509.CertificateBuilder:
    subject, issuer = _name(name), issuer if isinstance(issuer, x509.Name) else _name(issuer)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool = False, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs and not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


# ---- the picture ----


def seal_picture(name: str, side: int = SIDE) -> bytes:
    """A PNG with transparency: a red ring, `name` along it, 演示 across. No star, no emblem.

    On a machine without Chinese fonts, which cannot print forms either, it only says DEMO.
    """
    picture = Image.new("RGBA", (side, side), (*RED[:3], 0))
    pen = ImageDraw.Draw(picture)
    width = side // 36
    pen.ellipse((0, 0, side - 1, side - 1), outline=RED, width=width)
    if _font(24) is None:
        pen.text((side / 2, side / 2), "DEMO", fill=RED, font=ImageFont.load_default(side // 6), anchor="mm")
    else:
        _write_round(picture, name)
        font = _font(side // 5)
        pen.text((side / 2, side * 0.46), "演示", fill=RED, font=font, anchor="mm")
        pen.text((side / 2, side * 0.61), "非真实印章", fill=RED, font=_font(side // 15), anchor="mm")
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def _write_round(picture: Image.Image, name: str) -> None:
    """Write along the upper arc, evenly from left to right; many characters are set smaller and wider round."""
    side, count = picture.width, max(len(name), 2)
    arc = math.radians(min(220, 22 * count))
    radius, size = side * 0.4, int(min(side * 0.12, side * 0.4 * arc / count * 0.92))
    for place, character in enumerate(name):
        angle = -arc / 2 + arc * place / (count - 1)
        tile = Image.new("RGBA", (size * 2, size * 2), (*RED[:3], 0))
        ImageDraw.Draw(tile).text((size, size), character, fill=RED, font=_font(size), anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        centre = (side / 2 + radius * math.sin(angle), side / 2 - radius * math.cos(angle))
        picture.alpha_composite(tile, (int(centre[0] - size), int(centre[1] - size)))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | None:
    try:
        found = find_font(_FONT, bold=True)
    except LibraryMissing:
        return None
    return found and ImageFont.truetype(str(found.path), size, index=found.index)
