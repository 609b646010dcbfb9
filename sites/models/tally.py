from django.db import models

from accounts.models import Unit
from sites.models.programmes import Category, Level, Programme


class NumberSequence(models.Model):
    """The last number given in one series; taken under a row lock, so numbers have neither gaps nor doubles."""

    series = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last}"


class TallyCell(models.Model):
    """What is counted together: one measure in one unit, category, level, state and year, as far as it has them.

    The figures of the dashboards are sums over cells, so they read some hundreds of rows whatever the number of sites.
    """

    #: The fields below in one text: two transactions that first count something write one cell.
    key = models.CharField(max_length=200, unique=True)
    measure = models.CharField(max_length=60)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="+")
    area = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="+")
    level = models.ForeignKey(Level, models.CASCADE, null=True, related_name="+")
    state = models.CharField(max_length=20, blank=True)
    year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["programme", "measure", "area"], name="tally_cell_asked_for")]

    def __str__(self) -> str:
        return self.key


class TallyMovement(models.Model):
    """One entry of the journal: how a cell changed on a day. Only ever added, so that writers never wait for one
    another; `close_tallies` carries past days into balances, after which their entries say nothing more and go."""

    cell = models.ForeignKey(TallyCell, models.CASCADE, related_name="movements")
    day = models.DateField()
    count = models.IntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["cell", "day"], name="tally_movement_of_day")]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.day}: {self.count:+d}"


class TallyBalance(models.Model):
    """What a cell came to at the end of a day on which it had changed: all entries up to that day, late ones too."""

    cell = models.ForeignKey(TallyCell, models.CASCADE, related_name="balances")
    day = models.DateField()
    count = models.IntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2, default=0)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["cell", "day"], name="tally_balance_once_a_day")]

    def __str__(self) -> str:
        return f"{self.cell_id} {self.day}: {self.count}"
