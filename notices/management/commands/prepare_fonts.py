from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from notices import print_fonts


class Command(BaseCommand):
    help = "Cut the fonts of printed documents out of the system's large ones; quick when nothing changed."
    # The check that the fonts are there must not keep this command from making them.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--force", action="store_true", help="make all fonts anew")

    def handle(self, *args, **options):
        try:
            written = print_fonts.prepare_fonts(force=options["force"])
        except print_fonts.PrintingUnavailable as error:
            raise CommandError(str(error)) from error
        for name in written:
            size = (print_fonts.fonts_folder() / name).stat().st_size
            self.stdout.write(f"{name}  {size / 1e6:.1f} MB")
        if not written:
            self.stdout.write(_("The fonts are ready."))
