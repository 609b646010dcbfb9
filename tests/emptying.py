"""How a test with transactions of its own leaves the database: only tables that it wrote into are emptied.

Django's own way empties every table and makes all content types and permissions again.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

#: What the making of the tables fills, and no test writes into.
KEPT = {"django_content_type", "auth_permission"}


def install() -> None:
    """Be what runs after every such test; the database is as it was made."""
    assert set(_filled()) <= KEPT
    TransactionTestCase._fixture_teardown = lambda self: empty()


def empty() -> None:
    """Delete all rows that tests write."""
    tables = [name for name in _filled() if name not in KEPT]
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # No trigger fires: neither a foreign key's nor that of the audit trail.
            cursor.execute("SET LOCAL session_replication_role = replica")
        for name in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def _filled() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    asked = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})" for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]
