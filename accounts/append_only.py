"""The audit trail is append-only in the database itself: neither a slip nor a script gets round it.

Triggers refuse UPDATE and DELETE (on PostgreSQL TRUNCATE too). Other databases get none: there the
database's own rights have to do it.
"""

TABLE = "accounts_auditevent"
NO_UPDATE = f"{TABLE}_no_update"
NO_DELETE = f"{TABLE}_no_delete"
NO_TRUNCATE = f"{TABLE}_no_truncate"
FUNCTION = f"{TABLE}_refuse"
WORDS = "The audit trail is append-only."

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for name, verb in ((NO_UPDATE, "UPDATE"), (NO_DELETE, "DELETE"))
]
_POSTGRESQL = [
    f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    f"DROP TRIGGER IF EXISTS {NO_UPDATE} ON {TABLE}",
    f"CREATE TRIGGER {NO_UPDATE} BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE PROCEDURE {FUNCTION}()",
    f"DROP TRIGGER IF EXISTS {NO_DELETE} ON {TABLE}",
    f"CREATE TRIGGER {NO_DELETE} BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE PROCEDURE {FUNCTION}()",
    f"DROP TRIGGER IF EXISTS {NO_TRUNCATE} ON {TABLE}",
    f"CREATE TRIGGER {NO_TRUNCATE} BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT "
    f"EXECUTE PROCEDURE {FUNCTION}()",
]
_INSTALL = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
_REMOVE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {name}" for name in (NO_UPDATE, NO_DELETE)],
    "postgresql": [
        *(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}" for name in (NO_UPDATE, NO_DELETE, NO_TRUNCATE)),
        f"DROP FUNCTION IF EXISTS {FUNCTION}()",
    ],
}
_EMPTYABLE = {
    "sqlite": [f"DROP TRIGGER IF EXISTS {NO_DELETE}"],
    "postgresql": [f"DROP TRIGGER IF EXISTS {NO_TRUNCATE} ON {TABLE}"],
}


def install(connection) -> None:
    """Put the guards on; again does no harm."""
    _run(connection, _INSTALL)


def remove(connection) -> None:
    """Take all guards off, for going back behind the migration."""
    _run(connection, _REMOVE)


def remove_delete_guard(connection) -> None:
    """Let a *test* database be emptied between tests: by DELETE on SQLite, by TRUNCATE on PostgreSQL."""
    _run(connection, _EMPTYABLE)


def _run(connection, statements: dict[str, list[str]]) -> None:
    for statement in statements.get(connection.vendor, ()):
        with connection.cursor() as cursor:
            cursor.execute(statement)
