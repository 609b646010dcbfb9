import pytest

from tests.notices.sinks import MailServer, RobotHost, listening


@pytest.fixture
def mail_server(settings):
    """A running mail server, entered in the settings; `received` holds the parsed messages."""
    with listening(MailServer()) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_CONFIGURED = True
        settings.DEFAULT_FROM_EMAIL = "office@sites.example.cn"
        settings.PUBLIC_ADDRESS = "https://sites.example.cn"
        yield server


@pytest.fixture
def robot_host(settings):
    """A running host of robots that messages may be posted to; `received` holds the calls it took."""
    with listening(RobotHost()) as server:
        settings.WEBHOOK_HOSTS = [f"127.0.0.1:{server.port}"]
        settings.PUBLIC_ADDRESS = "https://sites.example.cn"
        yield server
