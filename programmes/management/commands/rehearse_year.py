from itertools import groupby

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.models import Cycle
from notices.enums import DutyKind
from notices.reminding.words import stage_words
from programmes.rehearsal import rehearse


class Command(BaseCommand):
    help = (
        "Print every reminder of a programme's year, day by day, to whom and why. Nothing is written or sent."
    )

    def add_arguments(self, parser):
        parser.add_argument("--programme", required=True, help="code of the programme, e.g. xiangtan-sitong")
        parser.add_argument("--year", required=True, type=int)

    def handle(self, *args, programme, year, **options):
        cycle = (
            Cycle.objects.filter(programme__code=programme, year=year)
            .select_related("programme__owner")
            .first()
        )
        if cycle is None:
            raise CommandError(
                _("There is no year %(year)s of a programme “%(code)s”.") % {"year": year, "code": programme}
            )
        with translation.override(settings.LANGUAGE_CODE):
            self._print(rehearse(cycle))

    def _print(self, entries) -> None:
        for day, of_day in groupby(entries, key=lambda entry: entry.day):
            self.stdout.write(f"{day.isoformat()} {date_format(day, 'l')}")
            for entry in of_day:
                kind, stage = DutyKind(entry.kind).label, stage_words(entry.stage)
                self.stdout.write(f"  {entry.person} ({entry.unit}) · {entry.subject} · {kind} · {stage}")
                for line in entry.why.splitlines():
                    self.stdout.write(f"      {line}")
        total = _("%(count)s reminders on %(days)s days.")
        self.stdout.write(total % {"count": len(entries), "days": len({entry.day for entry in entries})})
