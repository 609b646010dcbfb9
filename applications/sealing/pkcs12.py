"""Seals whose key is a PKCS#12 file (.p12, .pfx): the provider an installation starts with."""

import datetime

from asn1crypto import pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason, require
from applications.sealing import store as wrapped
from applications.sealing.provider import Credentials, Mark, WrongPassphrase
from applications.sealing.signing import KeySigner, sign
from applications.sealing.trust import why_untrusted

#: The PKCS#12 file is worth as much as its passphrase.
SHORTEST_PASSPHRASE = 8
#: RSA below this many bits is broken or soon will be.
LEAST_RSA_BITS = 2048


class Pkcs12Provider:
    """Keeps the key file itself, wrapped by `applications.sealing.store`; the passphrase is kept nowhere."""

    def register(self, material: bytes, passphrase: str) -> Credentials:
        """Check a key file: it opens, holds a key fit for SHA-256 signatures, and its certificate is trusted here."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise DomainError(
                Reason(
                    text=_("The passphrase of the key file is shorter than %(least)s characters.")
                    % {"least": SHORTEST_PASSPHRASE},
                    remedy=_("Give the key file a longer passphrase and choose it again."),
                )
            )
        key, certificate, chain = _open(material, passphrase)
        require(_why_weak(key))
        require(why_untrusted(certificate, chain))
        return Credentials(
            certificate=_pem(certificate),
            fingerprint=certificate.sha256.hex(),
            not_before=certificate.not_valid_before,
            not_after=certificate.not_valid_after,
            store=wrapped.wrap(material),
        )

    def open(self, store: bytes, passphrase: str) -> "Pkcs12Key":
        return Pkcs12Key(*_open(wrapped.unwrap(store), passphrase))


class Pkcs12Key:
    """A key loaded once, for any number of papers."""

    def __init__(self, key, certificate: x509.Certificate, chain: list[x509.Certificate]):
        self._signer = KeySigner(certificate, chain, _signature_function(key))

    def seal(self, pdf: bytes, mark: Mark, at: datetime.datetime) -> bytes:
        return sign(pdf, mark, self._signer, at)


def _open(material: bytes, passphrase: str):
    """Key, certificate and the certificates above it. Raises WrongPassphrase when the file does not open."""
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(material, passphrase.encode())
    except ValueError as error:
        raise WrongPassphrase(
            Reason(
                text=_("The key file does not open with this passphrase."),
                remedy=_("Check the passphrase, capital letters and input method; the file must be PKCS#12."),
            )
        ) from error
    if key is None or certificate is None:
        raise DomainError(Reason(text=_("The key file holds no key with its certificate.")))
    return key, _converted(certificate), [_converted(above) for above in chain]


def _converted(certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _why_weak(key) -> Reason | None:
    strong_rsa = isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_RSA_BITS
    if strong_rsa or isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    return Reason(
        text=_(
            "The key is of a kind that cannot be used: RSA of at least %(bits)s bits, or an elliptic curve."
        )
        % {"bits": LEAST_RSA_BITS}
    )


def _signature_function(key):
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return lambda data: key.sign(data, ec.ECDSA(hashes.SHA256()))


def _pem(certificate: x509.Certificate) -> str:
    return pem.armor("CERTIFICATE", certificate.dump()).decode()
