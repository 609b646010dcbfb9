import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.enums import Role
from accounts.models import RoleAssignment, Unit
from accounts.services import create_user, grant_role

#: Opening accounts and giving roles are two people's work (GB/T 22239-2019), so both are asked for.
ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


class Command(BaseCommand):
    help = "Open the first two accounts: the system administrator and the security administrator."

    def add_arguments(self, parser):
        parser.add_argument(
            "--unit", help="code of the unit they administer (default: the first unit without parent)"
        )

    @transaction.atomic
    def handle(self, *args, unit=None, **options):
        if RoleAssignment.objects.filter(role__in=ROLES).exists():
            raise CommandError(
                "There are administrators already; they open further accounts in the web pages."
            )
        home = Unit.objects.filter(code=unit).first() if unit else Unit.objects.filter(parent=None).first()
        if home is None:
            raise CommandError("No such unit. Load a programme file first: manage.py load_programme FILE")
        for role in ROLES:
            self._open(role, home)

    def _open(self, role: Role, home: Unit) -> None:
        username = input(f"User name of the {role.label.lower()} at {home}: ").strip()
        password = getpass.getpass("First password (to be changed at the first sign-in): ")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user = create_user(actor=None, username=username, title=str(role.label), unit=home, password=password)
        grant_role(actor=None, user=user, role=role, unit=home)
        self.stdout.write(f"{username} is open.")
