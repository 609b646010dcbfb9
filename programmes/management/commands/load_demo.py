from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.errors import DomainError
from programmes import demo


class Command(BaseCommand):
    help = "Load demo accounts and content; a second load adds nothing. Never beside real data."

    def add_arguments(self, parser):
        parser.add_argument(
            "--force", action="store_true", help="also where the settings are not a demonstration's"
        )

    def handle(self, *args, force, **options):
        if not (settings.DEMO or force):
            raise CommandError(
                _("This installation is no demonstration: accounts with a known password do not belong here.")
            )
        try:
            made = demo.load()
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Added: %(accounts)s accounts, %(sites)s sites, %(applications)s applications.")
            % {name: made[name] for name in ("accounts", "sites", "applications")}
        )
