"""Public pages where nothing can be kept: no room, no right, a file cut off. They are answered all the same."""

import os

import pytest
from django.core.cache import caches

from publicity.portal_cache import key_of
from publicity.portal_downloads import KeptFile


@pytest.fixture
def cache_in(settings, tmp_path):
    """cache_in("portal"): the folder, in which pages are kept from now on, as on a machine without Redis."""

    def do(name):
        files = {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path / name),
        }
        settings.CACHES = settings.CACHES | {"portal": files}
        settings.DATA_DIR = tmp_path
        return tmp_path / name

    return do


ADDRESSES = (
    "/public/",
    "/public/plaques/",
    "/public/ledger.csv",
    "/public/ledger.json",
    "/public/sitemap.xml",
)


def whole(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_folder_nobody_can_write_into(client, xiangtan, cache_in):
    cache_in("portal").write_text("a file where the folder belongs")
    for address in ADDRESSES:
        answer = client.get(address)
        assert (answer.status_code, len(whole(answer)) > 20) == (200, True), address
    answer = client.get("/public/ledger.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="plaques-2017-05-22.csv"')
    assert answer["Cache-Control"] == "public, max-age=0"


@pytest.mark.parametrize("cut", [0, 10, 40])
def test_a_kept_page_that_was_cut_off(client, xiangtan, cache_in, cut):
    folder = cache_in("portal")
    pages = {address: whole(client.get(address)) for address in ADDRESSES}
    kept = list(folder.glob("*.djcache"))
    assert len(kept) >= 4
    for file in kept:
        file.write_bytes(file.read_bytes()[:cut])
    assert {address: whole(client.get(address)) for address in ADDRESSES} == pages


def test_a_download_that_was_swept_away_or_lies_elsewhere(client, xiangtan, cache_in, tmp_path):
    folder = cache_in("portal")
    first = whole(client.get("/public/ledger.csv"))
    for file in folder.glob("download-*"):
        file.unlink()
    assert whole(client.get("/public/ledger.csv")) == first
    # Something of that name nobody can remove is no reason to keep the public waiting.
    (folder / "download-odd").mkdir()
    os.utime(folder / "download-odd", (1, 1))
    assert whole(client.get("/public/ledger.json")).startswith(b'{"as_of": "2017-05-22"')


def test_a_link_in_the_folder_is_replaced_and_what_it_leads_to_stays(client, xiangtan, cache_in, tmp_path):
    folder, secret = cache_in("portal"), tmp_path / "secret"
    content = whole(client.get("/public/ledger.csv"))
    (kept,) = folder.glob("download-*")
    secret.write_text("kept apart")
    kept.unlink()
    kept.symlink_to(secret)
    caches["portal"].clear()
    assert whole(client.get("/public/ledger.csv")) == content
    assert (kept.is_symlink(), secret.read_text()) == (False, "kept apart")
    assert isinstance(caches["portal"].get(key_of("/public/ledger.csv")), KeptFile)
