"""What the tests of the register share: pieces to be recorded, and a web server of their own."""

import datetime
import http.server
import socket
import threading
import time
from collections import Counter
from contextlib import contextmanager

from publicity.pieces import Piece

DAY = datetime.date
#: The same piece as `piece()`, as a form sends it, under another title.
TYPED = {
    "medium": "press",
    "title": "同心共建",
    "outlet": "某市日报",
    "outlet_level": "city",
    "published_on": "2017-04-18",
    "place": "第3版",
}


def piece(**fields) -> Piece:
    """A text in a city newspaper of 18 April 2017, unless said otherwise."""
    told = {
        "medium": "press",
        "outlet_level": "city",
        "outlet": "某市日报",
        "published_on": DAY(2017, 4, 18),
        "title": "同心共建见实效",
        "place": "第3版",
    }
    return Piece(**told | fields)


class Server:
    """A web server on an address of this machine. `answers` maps paths to (status, headers, body) or a function that
    writes to the handler; `asked` counts (method, path)."""

    def __init__(self, host: str = "127.0.0.1"):
        self.answers, self.asked, self.host = {}, Counter(), host
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer._answer(self)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *args):
                pass

        self._server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def url(self, path: str) -> str:
        return f"http://{self.host}:{self.port}{path}"

    def _answer(self, handler) -> None:
        self.asked[handler.command, handler.path] += 1
        found = self.answers.get(handler.path, (404, {}, b"gone"))
        if callable(found):
            found(handler)
            return
        status, headers, body = found
        handler.send_response(status)
        for name, value in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self._server.shutdown()
        self._server.server_close()


def drip(handler) -> None:
    """Answers with a byte now and then, for longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    try:
        for _byte in range(100):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def silence(handler) -> None:
    """Takes the question and never answers."""
    time.sleep(1.5)


@contextmanager
def closed_port():
    """A port of this machine at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]
