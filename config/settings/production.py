"""Real data. Refuses to start half configured rather than run unsafely."""

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403

if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("demo-", "django-insecure-")):  # noqa: F405
    raise ImproperlyConfigured("Set SECRET_KEY to at least 50 random characters of your own.")
if not ALLOWED_HOSTS:  # noqa: F405
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the host names this installation answers to.")
if os.environ.get("DEBUG", "") not in ("", "0", "false", "False"):  # noqa: F405
    raise ImproperlyConfigured("DEBUG cannot be switched on in production.")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
