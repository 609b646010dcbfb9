import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

application = get_wsgi_application()

# Importable only once Django is set up.
from accounts.startup import refuse_demo_accounts  # noqa: E402

refuse_demo_accounts()
