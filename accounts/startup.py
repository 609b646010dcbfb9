"""What must hold before an installation with real data serves anybody."""

from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.words import lazy_list

#: The root certificate of the demonstration among the trusted ones: no seal it stands behind is worth anything.
DEMO_ROOT = "demo.pem"


def demo_account_names() -> list[str]:
    """User names of demo accounts that could sign in; none while the tables are not made yet."""
    if User._meta.db_table not in connection.introspection.table_names():
        return []
    return list(User.objects.filter(is_demo=True, is_active=True).values_list("username", flat=True)[:5])


def refuse_demo_accounts() -> None:
    """Raise ImproperlyConfigured when this is no demonstration but accounts with a public password, or the
    demonstration's trusted root certificate, exist."""
    if settings.DEMO:
        return
    if names := demo_account_names():
        raise ImproperlyConfigured(
            f"This database holds demonstration accounts with a public password ({', '.join(names)}, ...). "
            "Use an empty database for real data: set DATA_DIR or DATABASE_URL."
        )
    if (root := Path(settings.SEAL_TRUST_ROOTS) / DEMO_ROOT).exists():
        raise ImproperlyConfigured(
            f"This installation trusts the seals of the demonstration ({root}). Remove that file, or set DATA_DIR or "
            "SEAL_TRUST_ROOTS to a folder for real data."
        )


@register(Tags.database)
def check_demo_accounts(app_configs, databases=None, **kwargs) -> list[Error]:
    """accounts.E001: demo accounts outside a demonstration. `migrate` and `check --database default` ask."""
    if settings.DEMO or not databases or "default" not in databases:
        return []
    if names := demo_account_names():
        return [
            Error(
                _("Demonstration accounts with a public password exist: %(names)s …")
                % {"names": lazy_list(names)},
                hint=_("Use an empty database for real data: set DATA_DIR or DATABASE_URL."),
                id="accounts.E001",
            )
        ]
    return []
