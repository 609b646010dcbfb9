"""Pages of a PDF drawn in a process of its own: one made to hang or to fill the memory ends that process, no other.

What runs in it imports nothing of this project, so that it starts in a fraction of a second.
"""

import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
from PIL import Image
from pypdfium2 import raw

#: Seconds one page may take; an A4 page of a scan takes a tenth of one.
MOST_SECONDS = 10
#: Bytes of address space the process may take.
_MOST_MEMORY = 3 * 1024**3
#: After so many pages that ended the process the rest of the file is not tried.
_MOST_ENDS = 2
#: A picture inside the page is unpacked whole; of twice A4 at 700 dpi none is needed.
MOST_PIXELS = 100_000_000
_DAMAGED = b"-"


class NotDrawn(Exception):
    """The page is damaged, or took more time or memory than any honest page does."""


class Drawer:
    """Draws the pages of the PDF at a path; started with the first page, and anew after one that ended it."""

    def __init__(self, path: str):
        self._path = path
        self._process: subprocess.Popen | None = None
        self._started = 0

    def page(self, index: int, long_side: int) -> Image.Image:
        """A page (from 0) as an RGB picture whose longer side has `long_side` pixels. Raises NotDrawn."""
        process = self._running()
        timer = threading.Timer(MOST_SECONDS, process.kill)
        timer.start()
        try:
            process.stdin.write(b"%d %d\n" % (index, long_side))
            process.stdin.flush()
            size = process.stdout.readline().split()
            if len(size) != 2:
                raise NotDrawn
            width, height = map(int, size)
            data = process.stdout.read(width * height * 3)
        except BrokenPipeError as error:
            raise NotDrawn from error
        finally:
            timer.cancel()
        if len(data) < width * height * 3:
            raise NotDrawn
        return Image.frombytes("RGB", (width, height), data)

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self.close()
            if self._started == _MOST_ENDS:
                raise NotDrawn
            self._started += 1
            command = [sys.executable, "-I", __file__, self._path]
            self._process = subprocess.Popen(  # noqa: S603 - this very file, and a path of ours
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        return self._process

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.stdout.close()
            self._process.wait()
            self._process = None


@contextmanager
def drawing(path: str) -> Iterator[Drawer]:
    drawer = Drawer(path)
    try:
        yield drawer
    finally:
        drawer.close()


def draw(document: pypdfium2.PdfDocument, index: int, long_side: int) -> Image.Image:
    """What the process does for one page. Raises PdfiumError, ValueError or MemoryError for one it cannot draw."""
    page = document[index]
    try:
        for part in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
            width, height = part.get_px_size()
            if width * height > MOST_PIXELS:
                raise ValueError("too many pixels")
        # The size a PDF claims may be anything: what counts is how many pixels come out.
        scale = long_side / max(*page.get_size(), 1)
        return page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    finally:
        page.close()


def _serve(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    document = pypdfium2.PdfDocument(path)
    for line in sys.stdin.buffer:
        index, long_side = map(int, line.split())
        try:
            picture = draw(document, index, long_side)
            answer = b"%d %d\n" % picture.size + picture.tobytes()
        except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError):
            answer = _DAMAGED + b"\n"
        sys.stdout.buffer.write(answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _serve(sys.argv[1])
