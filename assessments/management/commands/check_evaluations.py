from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.staircase import broken_rows
from assessments.evaluation_enums import EvaluationState
from assessments.evaluation_sums import recompute
from assessments.models import Evaluation, EvaluationLog, UnitEvaluationLog


class Command(BaseCommand):
    help = "Recompute every sent or closed quarter of the evaluation of units from the ledger and compare."

    def handle(self, *args, **options):
        wrong = []
        for evaluation in Evaluation.objects.exclude(state=EvaluationState.OPEN).select_related(
            "cycle__programme"
        ):
            found = [
                f"{one.row}: {one.what}: {one.stored} ≠ {one.found}" for one in recompute(evaluation)
            ] + _broken(evaluation)
            words = _("%(quarter)s: does not match") if found else _("%(quarter)s: matches")
            self.stdout.write(words % {"quarter": f"{evaluation.cycle.programme} · {evaluation}"})
            wrong += found
        if wrong:
            raise CommandError("\n".join(wrong))


def _broken(evaluation: Evaluation) -> list[str]:
    """Changed rows in the log of a quarter and of its units."""
    rows = broken_rows(EvaluationLog, evaluation)
    for unit in evaluation.units.all():
        rows += broken_rows(UnitEvaluationLog, unit)
    return [f"{row.subject}: {row}" for row in rows]
