from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sites.measures import Measure, known_measures
from sites.models import Programme
from sites.services.tallies import is_counted, recount


class Command(BaseCommand):
    help = "Count the journal behind the figures of the dashboards anew from what is on record."

    def add_arguments(self, parser):
        parser.add_argument(
            "--missing",
            action="store_true",
            help="only measures of which nothing was counted yet: after an upgrade that brought them in, before "
            "anybody works with it; later name the measure",
        )
        parser.add_argument(
            "--measure",
            action="append",
            choices=[measure.name for measure in known_measures()],
            help="only this measure, e.g. plaques; may be given several times",
        )

    def handle(self, *args, missing, measure, **options):
        done = 0
        for programme in Programme.objects.order_by("pk"):
            for one in known_measures(measure):
                if not (missing and is_counted(programme, one)):
                    done += self._recount(programme, one)
        if not done:
            self.stdout.write(_("nothing to do"))

    def _recount(self, programme: Programme, measure: Measure) -> int:
        cells = recount(programme=programme, measures=[measure.name])
        if cells:
            words = _("%(programme)s: %(measure)s, %(cells)d figures")
            self.stdout.write(
                words % {"programme": programme, "measure": measure.name.rstrip(":"), "cells": cells}
            )
        return cells
