import secrets
import time

from django.core.management.base import BaseCommand, CommandError

from notices.models import Heartbeat
from notices.tasks import heartbeat


class Command(BaseCommand):
    help = "Send a task through the queue and wait until a worker has done it."

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=30, help="how long to wait")

    def handle(self, *args, seconds, **options):
        token = secrets.token_hex(8)
        heartbeat.delay(token)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if Heartbeat.objects.filter(token=token).exists():
                self.stdout.write("The worker answers.")
                return
            time.sleep(0.2)
        raise CommandError(f"No worker answered within {seconds:.0f} s. Is the Celery worker running?")
