import django.db.models.deletion
import sites.storage
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_seal_keeper"),
        ("applications", "0004_review_and_evaluation"),
        ("assessments", "0006_reviews"),
        ("sites", "0003_ledger"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quarter", models.PositiveSmallIntegerField(verbose_name="quarter")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("scored", "With the units for confirmation"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("rules", models.JSONField(default=dict)),
                ("sent_at", models.DateTimeField(null=True)),
                ("confirm_by", models.DateField(null=True, verbose_name="to be confirmed by")),
                ("closed_at", models.DateTimeField(null=True)),
                ("arithmetic", models.JSONField(default=dict)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="applications.cycle",
                    ),
                ),
            ],
            options={
                "verbose_name": "quarterly evaluation",
                "ordering": ["-cycle__year", "quarter"],
            },
        ),
        migrations.CreateModel(
            name="EvaluationLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                ("from_state", models.CharField(max_length=30)),
                ("to_state", models.CharField(max_length=30)),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="time")),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("row_hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="assessments.evaluation",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TalkProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed, waiting for the decision"),
                            ("ordered", "Decided: talk to be held"),
                            ("dropped", "Decided: no talk"),
                            ("held", "Talk held"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rank")),
                ("total", models.DecimalField(decimal_places=2, max_digits=7)),
                ("arithmetic", models.JSONField(default=dict)),
                ("proposed_at", models.DateTimeField()),
                ("opinion", models.TextField(blank=True, max_length=1000, verbose_name="opinion")),
                ("decided_at", models.DateTimeField(null=True)),
                ("managed_from", models.DateField(blank=True, null=True, verbose_name="key management from")),
                ("managed_to", models.DateField(blank=True, null=True, verbose_name="key management until")),
                ("held_on", models.DateField(blank=True, null=True, verbose_name="talk held on")),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="what was agreed")),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk_proposals",
                        to="applications.cycle",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk_proposals",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal for a talk",
                "ordering": ["-cycle__year", "unit_class__order", "rank", "id"],
            },
        ),
        migrations.CreateModel(
            name="TalkProposalLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                ("from_state", models.CharField(max_length=30)),
                ("to_state", models.CharField(max_length=30)),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="time")),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("row_hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="assessments.talkproposal",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnitClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("code", models.CharField(max_length=40)),
                ("order", models.PositiveSmallIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unit_classes",
                        to="sites.programme",
                    ),
                ),
            ],
            options={
                "verbose_name": "class of units",
                "ordering": ["order", "id"],
            },
        ),
        migrations.AddField(
            model_name="talkproposal",
            name="unit_class",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="assessments.unitclass"
            ),
        ),
        migrations.CreateModel(
            name="Duty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("code", models.CharField(max_length=20, verbose_name="number")),
                ("order", models.PositiveSmallIntegerField()),
                ("standard", models.TextField(blank=True, verbose_name="standard")),
                ("points", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="points")),
                ("due_on", models.DateField(verbose_name="due on")),
                (
                    "evidence_wanted",
                    models.CharField(blank=True, max_length=300, verbose_name="evidence wanted"),
                ),
                ("article", models.CharField(blank=True, max_length=100)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="duties",
                        to="assessments.evaluation",
                    ),
                ),
                ("classes", models.ManyToManyField(related_name="duties", to="assessments.unitclass")),
            ],
            options={
                "verbose_name": "quarterly duty",
                "ordering": ["order", "id"],
            },
        ),
        migrations.CreateModel(
            name="ClassMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="until")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.programme"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="class_memberships",
                        to="accounts.unit",
                    ),
                ),
                (
                    "unit_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="assessments.unitclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit in its class",
                "ordering": ["unit_class__order", "unit_id", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="UnitEvaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("sent", "To be confirmed"),
                            ("confirmed", "Confirmed"),
                            ("silent", "Taken as confirmed: no answer by the last day"),
                            ("objected", "Objection raised"),
                            ("decided", "Objection decided"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=7, null=True)),
                ("rank", models.PositiveSmallIntegerField(null=True)),
                ("arithmetic", models.JSONField(default=dict)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="assessments.evaluation",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluations",
                        to="accounts.unit",
                    ),
                ),
                (
                    "unit_class",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessments.unitclass",
                    ),
                ),
            ],
            options={
                "verbose_name": "evaluation of a unit",
                "ordering": ["unit_class__order", "unit_id"],
            },
        ),
        migrations.CreateModel(
            name="DutyReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("done_on", models.DateField(verbose_name="done on")),
                ("text", models.TextField(max_length=2000, verbose_name="what was done")),
                (
                    "file",
                    models.FileField(
                        blank=True, upload_to=sites.storage.paper_path, verbose_name="paper or photo"
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("reported_at", models.DateTimeField()),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="assessments.duty",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit_evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="assessments.unitevaluation",
                    ),
                ),
            ],
            options={
                "verbose_name": "report on a duty",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="UnitEvaluationLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("action", models.CharField(max_length=40, verbose_name="action")),
                ("from_state", models.CharField(max_length=30)),
                ("to_state", models.CharField(max_length=30)),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="time")),
                ("content_hash", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("row_hash", models.CharField(max_length=64)),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="assessments.unitevaluation",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnitObjection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="what is objected to")),
                ("raised_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("open", "Being looked into"),
                            ("dismissed", "Not upheld"),
                            ("upheld", "Upheld"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("findings", models.TextField(blank=True, max_length=2000, verbose_name="findings")),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit_evaluation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objection",
                        to="assessments.unitevaluation",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection of a unit",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="DutyPoints",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("points", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="points")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("given_at", models.DateTimeField()),
                (
                    "duty",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_rows",
                        to="assessments.duty",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit_evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="points_rows",
                        to="assessments.unitevaluation",
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="assessments.unitobjection",
                    ),
                ),
            ],
            options={
                "verbose_name": "points for a duty",
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.UniqueConstraint(fields=("cycle", "quarter"), name="one_evaluation_a_quarter"),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__range", (1, 4))), name="quarter_one_to_four"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "scored", "closed"])), name="evaluation_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("confirm_by__isnull", False), _connector="OR"),
                name="sent_evaluation_has_last_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True),
                    ("closed_at__isnull", False),
                    _connector="OR",
                ),
                name="closed_evaluation_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitclass",
            constraint=models.UniqueConstraint(fields=("programme", "code"), name="unit_class_code_once"),
        ),
        migrations.AddConstraint(
            model_name="talkproposal",
            constraint=models.UniqueConstraint(fields=("cycle", "unit"), name="one_talk_proposal_a_year"),
        ),
        migrations.AddConstraint(
            model_name="talkproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "ordered", "dropped", "held"])),
                name="talk_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("managed_from", None), ("managed_to", None)),
                    ("managed_to__gte", models.F("managed_from")),
                    _connector="OR",
                ),
                name="key_management_dates_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True), ("held_on__isnull", False), _connector="OR"
                ),
                name="held_talk_has_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(fields=("evaluation", "code"), name="duty_code_once"),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gt", Decimal("0"))), name="duty_points_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="classmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("valid_to", None)),
                fields=("programme", "unit"),
                name="one_class_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="classmember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to", None), ("valid_to__gt", models.F("valid_from")), _connector="OR"
                ),
                name="class_dates_ordered",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitevaluation",
            constraint=models.UniqueConstraint(
                fields=("evaluation", "unit"), name="unit_evaluated_once_a_quarter"
            ),
        ),
        migrations.AddConstraint(
            model_name="unitevaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["open", "sent", "confirmed", "silent", "objected", "decided"])
                ),
                name="unit_evaluation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitevaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "open"), ("total__isnull", False), _connector="OR"),
                name="sent_unit_evaluation_has_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="unitobjection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", "open"), models.Q(("findings", ""), _negated=True), _connector="OR"
                ),
                name="unit_objection_decided_has_findings",
            ),
        ),
        migrations.AddConstraint(
            model_name="dutypoints",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gte", Decimal("0"))), name="duty_points_not_negative"
            ),
        ),
    ]
