from django.db import migrations

from accounts import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection)


def remove(apps, schema_editor):
    append_only.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """Database triggers that refuse to change or delete rows of the audit trail."""

    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]
