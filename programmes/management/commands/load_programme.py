import datetime
from contextlib import nullcontext

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts import clock
from accounts.errors import DomainError
from programmes.files import ProgrammeFile, read
from programmes.services import ProgrammeFrozen, load_file


class Command(BaseCommand):
    help = "Load a programme file. Loading it again changes nothing; a bad file is refused whole."

    def add_arguments(self, parser):
        parser.add_argument("path", help="the programme file, e.g. programmes/data/xiangtan-2017.yaml")
        parser.add_argument(
            "--keep-begun",
            action="store_true",
            help="when a year that has begun stands against the file, say so and leave everything as it is",
        )

    def handle(self, *args, path, keep_begun, **options):
        try:
            file = read(path)
            with _day_of_loading(file):
                report = load_file(file)
        except DomainError as error:
            if keep_begun and isinstance(error, ProgrammeFrozen):
                self.stdout.write(str(error))
                self.stdout.write(_("Nothing was loaded: the year that has begun stays as it is."))
                return
            raise CommandError(str(error)) from error
        line = _("%(file)s: %(created)s created, %(changed)s changed, %(unchanged)s unchanged.")
        self.stdout.write(
            line
            % {
                "file": file.path.name,
                "created": report.created.total(),
                "changed": report.changed.total(),
                "unchanged": report.unchanged.total(),
            }
        )
        for note in report.notes:
            self.stdout.write(note)


def _day_of_loading(file: ProgrammeFile):
    """A demonstration plays in the scheme's own year, so its cycle must not have been opened today."""
    if not settings.DEMO:
        return nullcontext()
    return clock.travel(datetime.date.fromisoformat(file.data["cycle"]["scheme"]["issued_on"]))
