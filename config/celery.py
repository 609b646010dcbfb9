import os

from celery import Celery
from celery.signals import beat_init, task_prerun, worker_init
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("config")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_demo_accounts(**kwargs) -> None:
    """Like the web server, worker and scheduler do not start on real data beside demo accounts."""
    from accounts import startup

    try:
        startup.refuse_demo_accounts()
    except ImproperlyConfigured as error:
        # Celery only logs exceptions of signal handlers; leaving is the one thing it lets through.
        raise SystemExit(str(error)) from error


@task_prerun.connect
def play_on_the_demo_day(**kwargs) -> None:
    """In a demonstration the worker lives on the day the pages show, as accounts.middleware does for the web."""
    from django.conf import settings

    from accounts import clock
    from accounts.selectors import demo_day

    if settings.DEMO:
        clock.set_today(demo_day())
