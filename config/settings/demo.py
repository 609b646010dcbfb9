"""A machine to look at: demo accounts, embedded database and queue, plain HTTP on loopback. Never for real data."""

from config.settings.base import *  # noqa: F403

DEMO = True
SECRET_KEY = SECRET_KEY or "demo-only-key-that-production-refuses"  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *ALLOWED_HOSTS]  # noqa: F405
# The demo opens in the week after the scheme was issued; the page foot lets visitors walk the year.
DEMO_TODAY = "2017-05-22"
DEMO_PASSWORD = "Demo-2017!"  # noqa: S105 - printed on the login page
# Whoever moves the day sees within a minute what the day brings.
CELERY_BEAT_SCHEDULE = {
    name: entry | {"schedule": min(entry["schedule"], 60)}
    for name, entry in CELERY_BEAT_SCHEDULE.items()  # noqa: F405
}
# Shown at any hour, on the day it plays.
REMINDER_HOURS = None
