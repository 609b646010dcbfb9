"""Sealing with a time-stamp server (PAdES B-T): a real one on this machine, and one that does not answer."""

# ruff: noqa: F811 - fixtures are imported by name
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509 import ExtendedKeyUsage
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper

from accounts.errors import DomainError
from applications.models import Sealing
from applications.sealing.validation import examine
from programmes.demo_seals import make_key_file
from tests.applications.sealing import (  # noqa: F401 - fixtures
    PASSPHRASE,
    authority,
    content,
    keepers,
    pdfsig,
    province_draft,
    put,
    roots,
    seals,
    version,
)


def _authority_of_time() -> DummyTimeStamper:
    use = ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    own = rsa.generate_private_key(65537, 2048)
    file = make_key_file(authority(), "时间戳（测试）", PASSPHRASE, key=own, extensions=(use,))
    key, certificate, _chain = pkcs12.load_key_and_certificates(file, PASSPHRASE.encode())
    return DummyTimeStamper(
        x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
    )


@pytest.fixture
def time_stamp_server():
    stamper = _authority_of_time()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_time_stamp_confirms_when_it_was_sealed(
    version, seals, keepers, settings, time_stamp_server, tmp_path
):
    settings.SEAL_TIMESTAMP_URL = time_stamp_server
    sealed = content(put(keepers.county, version, "county").pdf)
    (signature,) = examine(sealed).signatures
    assert (signature.flaw, signature.time_confirmed, signature.whole) == (None, True, True)
    assert pdfsig(sealed, tmp_path) == ["Signature is Valid."]


def test_without_an_answer_nothing_is_sealed(version, seals, keepers, settings):
    settings.SEAL_TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(DomainError):
        put(keepers.county, version, "county")
    assert Sealing.objects.count() == 0
