"""A mail server and a robot's host to send to: each listens on a port of its own and keeps what it has accepted."""

import email
import email.policy
import json
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class _Mail(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        self.say(220, "ready")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say(354, "go on")
                content = self.read_message()
                if content is None:
                    return
                self.server.received.append(content)
                self.server.accepted(len(self.server.received))
            elif verb == b"RCPT" and b"@refused." in line:
                self.say(550, "no such person")
                continue
            elif verb == b"RCPT" and b"@later." in line:
                self.say(450, "come again")
                continue
            elif verb == b"RCPT":
                self.server.addressed(len(self.server.received))
            self.say(221 if verb == b"QUIT" else 250, "ok")
            if verb == b"QUIT":
                return

    def say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())

    def read_message(self):
        """The message up to its final dot; None when the line was cut before it."""
        lines = []
        for line in iter(self.rfile.readline, b""):
            if line == b".\r\n":
                return email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return None


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Mail)
        self.received = []
        self.connections = 0
        #: Called when a message was taken, before that is answered, and when one is addressed, before its text comes;
        #: with the number of messages taken so far.
        self.accepted = self.addressed = lambda count: None

    @property
    def port(self) -> int:
        return self.server_address[1]

    def handle_error(self, request, client_address):
        """A sender that ends in the middle is what some tests are about."""


class _Robot(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        call = {"path": parts.path, "query": query, "json": json.loads(content)}
        status, answer = self.server.answers.get(parts.path, (200, {"errcode": 0, "errmsg": "ok"}))
        if status is None:
            self.server.received.append(call)
            self.close_connection = True
            return
        if status == 200 and isinstance(answer, dict) and answer.get("errcode") == 0:
            self.server.received.append(call)
        content = json.dumps(answer).encode() if isinstance(answer, dict) else answer
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", f"http://127.0.0.1:{self.server.port}/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


class RobotHost(ThreadingHTTPServer):
    """`answers` maps a path to (status, JSON or bytes); status None takes the message and never answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Robot)
        self.received = []
        self.answers = {}

    @property
    def port(self) -> int:
        return self.server_address[1]

    def address(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/cgi-bin/webhook/send/{name}?key=0123456789-{name}"


@contextmanager
def listening(server):
    """Serve from a thread until the block ends."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
