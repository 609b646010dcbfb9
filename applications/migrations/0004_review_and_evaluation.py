from django.db import migrations, models


def carry(apps, schema_editor):
    """The review's rule, so far one number, names its levels as well: all but those the counties award themselves."""
    for cycle in apps.get_model("applications", "Cycle").objects.exclude(review_years_before=None):
        levels = cycle.programme.levels.exclude(awarded_by="area").order_by("rank")
        cycle.review = {
            "years_before": cycle.review_years_before,
            "levels": list(levels.values_list("code", flat=True)),
        }
        cycle.save(update_fields=["review"])


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0003_papers"),
        ("sites", "0003_ledger"),
    ]

    operations = [
        migrations.AddField(model_name="cycle", name="evaluation", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="cycle", name="review", field=models.JSONField(default=dict)),
        migrations.AddField(
            model_name="levelrule", name="suspended_time_counts", field=models.BooleanField(default=False)
        ),
        migrations.RunPython(carry, migrations.RunPython.noop),
        migrations.RemoveField(model_name="cycle", name="review_years_before"),
    ]
