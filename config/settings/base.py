"""Settings every installation shares. What differs by place comes from environment variables (see README)."""

import os
from ipaddress import ip_network
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
DEMO = False
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]
# The address printed in QR codes and e-mails, e.g. https://sites.example.cn
PUBLIC_ADDRESS = os.environ.get("PUBLIC_ADDRESS", "http://127.0.0.1:8000").rstrip("/")

#: Proxies in front that append the caller's address to X-Forwarded-For; the audit trail then shows the caller.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

INSTALLED_APPS = [
    "programmes",
    "dashboard",
    "publicity",
    "supervision",
    "assessments",
    "applications",
    "sites",
    "notices",
    "accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.forms",
    "guardian",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.RequestContextMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.shell.shell",
            ],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'db.sqlite3'}", conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Taking the write lock at BEGIN is what keeps concurrent read-then-write requests from failing as "locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "dashboard:inbox"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.CharacterClassesValidator", "OPTIONS": {"min_classes": 3}},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
# Tries while it is locked do not lengthen it: the page promises half an hour.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# By account, whatever the address: an attacker with many addresses gets no more tries (GB/T 22239-2019).
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 30 * 60  # seconds of idleness, GB/T 22239-2019
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", BASE_DIR / "node_modules/bootstrap/dist"),
    ("vendor/bootstrap-icons", BASE_DIR / "node_modules/bootstrap-icons/font"),
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/echarts", BASE_DIR / "node_modules/echarts/dist"),
    ("vendor/idb", BASE_DIR / "node_modules/idb/build"),
    ("vendor/exifr", BASE_DIR / "node_modules/exifr/dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
# Uploaded papers are only ever served through a view that asks `visible_to`.
MEDIA_URL = "/never-served/"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.SizeGuardUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# A batch of scans is many files; how many one form takes is said in words where it is sent (at most 60 there), and
# the size guard counts all files of a request together.
DATA_UPLOAD_MAX_NUMBER_FILES = 100
UPLOAD_MAX_MEGABYTES = int(os.environ.get("UPLOAD_MAX_MEGABYTES", "20"))

#: Electronic seals: who keeps their keys, which root certificates (PEM) are trusted, what key files at rest are wrapped
#: with (empty: SECRET_KEY), and a time-stamp server (RFC 3161) that confirms when a seal was put on (empty: none).
SEAL_PROVIDER = os.environ.get("SEAL_PROVIDER", "applications.sealing.pkcs12.Pkcs12Provider")
SEAL_TRUST_ROOTS = Path(os.environ.get("SEAL_TRUST_ROOTS") or DATA_DIR / "seal-roots")
SEAL_STORE_KEY = os.environ.get("SEAL_STORE_KEY", "")
SEAL_TIMESTAMP_URL = os.environ.get("SEAL_TIMESTAMP_URL", "")

#: The public form for objections: how many within an hour and within a day, from one address and to one notice; the
#: same for receipt codes that are nobody's. The people of a village may share one address.
OBJECTIONS_PER_ADDRESS = (5, 15)
OBJECTIONS_PER_NOTICE = (40, 200)
FAILED_LOOKUPS_PER_ADDRESS = (10, 40)
#: Numbers of plaques looked up from one address, and what one access token of another system asks: how many within so
#: many seconds. The code on a certificate is not counted: nobody guesses it.
PLAQUE_LOOKUPS_PER_ADDRESS = ((30, 60), (300, 3600))
API_CALLS_PER_TOKEN = ((120, 60), (3000, 3600))
#: Looking at links of the register: networks (as 10.0.0.0/8) beside the open internet that this server may look at,
#: seconds for one link, seconds between two questions to one outlet, and how many links one run looks at.
try:
    LINK_CHECK_PRIVATE = [
        ip_network(part.strip(), strict=False)
        for part in os.environ.get("LINK_CHECK_PRIVATE", "").split(",")
        if part.strip()
    ]
except ValueError as error:
    raise ImproperlyConfigured(
        f"LINK_CHECK_PRIVATE holds networks with commas between them, as 10.0.0.0/8,192.168.0.0/16: {error}."
    ) from error
LINK_CHECK_SECONDS = float(os.environ.get("LINK_CHECK_SECONDS", "20"))
LINK_CHECK_PAUSE = float(os.environ.get("LINK_CHECK_PAUSE", "2"))
LINK_CHECKS_A_RUN = int(os.environ.get("LINK_CHECKS_A_RUN", "200"))
#: Days after the outcome of an objection on which name and contact of who objected are wiped.
OBJECTOR_KEPT_DAYS = int(os.environ.get("OBJECTOR_KEPT_DAYS", "180"))

#: "limits" counts how often somebody asks, for all processes together: in Redis where there is one (or where CACHE_URL
#: says), else in files of this machine.
CACHE_URL = os.environ.get("CACHE_URL") or os.environ.get("CELERY_BROKER_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Finished public pages, some tens of kilobytes each, for a minute at most; files, so that what one process made all
    # send. The public ledger lies beside them (publicity.portal_downloads).
    "portal": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "portal"),
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
    "limits": {
        "BACKEND": "accounts.limits.CountingFileCache",
        "LOCATION": str(DATA_DIR / "limits"),
        # Longer than any stretch that is counted; more entries than a guesser's addresses push out.
        "TIMEOUT": 2 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
if CACHE_URL.startswith(("redis://", "rediss://", "unix://")):
    CACHES["limits"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "limits",
    }

email = os.environ.get("EMAIL_HOST", "")
EMAIL_CONFIGURED = bool(email)
EMAIL_HOST = email or "localhost"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "") == "1"
# TLS from the first byte (port 465), where the server does not speak STARTTLS.
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL", "") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "noreply@localhost")

#: Hosts that messages to group robots may be posted to, "host" or "host:port"; none: no robots. And the class that
#: sends text messages (notices/channels/sms.py); empty: no text messages.
WEBHOOK_HOSTS = [host for host in os.environ.get("WEBHOOK_HOSTS", "").split(",") if host.strip()]
SMS_PROVIDER = os.environ.get("SMS_PROVIDER", "")
#: Local time in which nothing goes out beside the inbox, "21:00-07:30"; empty: none.
QUIET_HOURS = tuple(filter(None, os.environ.get("QUIET_HOURS", "21:00-07:30").split("-")))
#: Local time in which the digests of reminders go out, on working days, "08:00-18:00"; empty: at any time.
REMINDER_HOURS = tuple(filter(None, os.environ.get("REMINDER_HOURS", "08:00-18:00").split("-"))) or None
#: Minutes until the next attempt after the first, second … that did not succeed; then somebody has to look at it.
DELIVERY_WAITS = (1, 5, 30, 120, 600)
#: Seconds after which a worker's claim counts as left behind, and after which a round of sending ends.
DELIVERY_STALE_SECONDS = int(os.environ.get("DELIVERY_STALE_SECONDS", "120"))
DELIVERY_ROUND_SECONDS = 300

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or f"sqla+sqlite:///{DATA_DIR / 'broker.sqlite3'}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# Seconds after which a task gives up with words, and after which its process is ended: a file made to hang must not
# hold a worker for ever. The longest honest work, the dossier of a large site, takes some minutes.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 25 * 60, 30 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
# Tasks look for what is due "by now", so the hour matters little and a missed day is caught up.
CELERY_BEAT_SCHEDULE = {
    "send-reminders": {"task": "notices.tasks.send_reminders", "schedule": 600},
    "expire-plaques": {"task": "sites.tasks.expire_plaques", "schedule": 3600},
    "close-tallies": {"task": "sites.tasks.close_tallies", "schedule": 24 * 3600},
    "draw-reviews": {"task": "assessments.tasks.draw_reviews", "schedule": 3600},
    # What was not done right after a decision, because a process ended in between, is done within a minute.
    "make-letters": {"task": "assessments.tasks.make_letters", "schedule": 60},
    "make-certificates": {"task": "publicity.tasks.make_certificates", "schedule": 60},
    # Each link once a week, what failed again the next day.
    "check-links": {"task": "publicity.tasks.check_links", "schedule": 3600},
    "keep-pages": {"task": "publicity.tasks.keep_pages", "schedule": 600},
    "make-reminder-letters": {"task": "supervision.tasks.make_letters", "schedule": 60},
    "climb-overdue": {"task": "supervision.tasks.climb_overdue", "schedule": 3600},
    "watch-sites": {"task": "dashboard.tasks.watch_sites", "schedule": 3600},
    "lapse-evaluations": {"task": "assessments.tasks.lapse_evaluations", "schedule": 3600},
    "forget-objectors": {"task": "assessments.tasks.forget_objectors", "schedule": 24 * 3600},
    "keep-jobs-going": {"task": "notices.tasks.keep_jobs_going", "schedule": 60},
    "send-deliveries": {"task": "notices.tasks.send_deliveries", "schedule": 60},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    # It reports every flaw of a PDF that somebody uploads to be checked: that is said to him or her, not to the log.
    "loggers": {"pyhanko": {"level": "CRITICAL"}, "pyhanko_certvalidator": {"level": "CRITICAL"}},
}
