import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

application = get_wsgi_application()

# Importable only once Django is set up.
from accounts.startup import refuse_demo_accounts  # noqa: E402

refuse_demo_accounts()

# The first form would otherwise wait a second for fonts to load; notices.printing keeps them per process.
from notices.printing import warm_up  # noqa: E402

warm_up("form.css")
