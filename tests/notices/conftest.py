"""A mail server to send to: it speaks SMTP on a port of its own and keeps what it is given."""

import email
import email.policy
import socketserver
import threading

import pytest


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(220, "ready")
        for line in iter(self.rfile.readline, b""):
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say(354, "go on")
                self.server.received.append(self.read_message())
            elif verb == b"RCPT" and b"@refused." in line:
                self.say(550, "no such person")
                continue
            self.say(221 if verb == b"QUIT" else 250, "ok")
            if verb == b"QUIT":
                return

    def say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())

    def read_message(self):
        lines = iter(self.rfile.readline, b".\r\n")
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.received = []

    @property
    def port(self) -> int:
        return self.server_address[1]


@pytest.fixture
def mail_server(settings):
    """A running mail server, entered in the settings; `received` holds the parsed messages."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_CONFIGURED = True
        settings.DEFAULT_FROM_EMAIL = "office@sites.example.cn"
        settings.PUBLIC_ADDRESS = "https://sites.example.cn"
        yield server
        server.shutdown()
        thread.join()
