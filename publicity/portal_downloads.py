"""Long public downloads: written into a file once a minute for everybody, and sent from it meanwhile.

Where no file can be written, e.g. for want of room, they are sent as they are made.
"""

import functools
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from accounts import clock
from publicity.portal_cache import OLDEST, keep_under, kept_under, key_of, may_be_kept, seconds_left

logger = logging.getLogger(__name__)

_PREFIX, _CHUNK = "download-", 1 << 16


@dataclass(frozen=True)
class KeptFile:
    """A finished download: its file, named after what is in it, and when it was made (see portal_cache.Kept)."""

    path: Path
    etag: str
    made_at: float


def published_download(name: str, extension: str, content_type: str):
    """Make a public address of a function that yields the text of a download piece by piece."""

    def decorate(pieces: Callable[[], Iterable[str]]):
        @login_not_required
        @require_safe
        @functools.wraps(pieces)
        def view(request):
            try:
                kept, stream = _opened(request.path, pieces)
            except OSError:
                logger.exception("no file for %s", request.path)
                answer = StreamingHttpResponse(pieces(), content_type=content_type)
                return may_be_kept(_named(answer, name, extension), 0)
            answer = get_conditional_response(request, etag=kept.etag)
            if answer is None:
                answer = _named(FileResponse(stream, content_type=content_type), name, extension)
            else:
                stream.close()
            return _labelled(answer, kept)

        return view

    return decorate


def _named(answer, name: str, extension: str):
    day = clock.today().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.{extension}"'
    return answer


def _labelled(answer: HttpResponse, kept: KeptFile) -> HttpResponse:
    answer["ETag"] = kept.etag
    return may_be_kept(answer, seconds_left(kept.made_at))


def _opened(address: str, pieces: Callable[[], Iterable[str]]):
    """The file as it was made within the last minute, else made now, and opened: nobody takes it away then."""
    key = key_of(address)
    kept = kept_under(key)
    with suppress(FileNotFoundError):
        if kept is not None:
            return kept, kept.path.open("rb")
    kept = _made(pieces())
    keep_under(key, kept, seconds_left(kept.made_at))
    return kept, kept.path.open("rb")


def _made(pieces: Iterable[str]) -> KeptFile:
    made_at, digest = time.time(), hashlib.sha256()
    folder = Path(settings.DATA_DIR) / "portal"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder)
    handle, unfinished = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb", buffering=_CHUNK) as file:
            for piece in pieces:
                text = piece.encode()
                digest.update(text)
                file.write(text)
        path = folder / f"{_PREFIX}{digest.hexdigest()[:32]}"
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
    return KeptFile(path, f'"{digest.hexdigest()[:32]}"', made_at)


def _sweep(folder: Path) -> None:
    """Remove files nobody is sent any more; one that is being sent stays readable until its end."""
    for old in folder.glob(f"{_PREFIX}*"):
        # Gone already, or not ours to remove: nobody waits for that.
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > 10 * OLDEST:
                old.unlink()
