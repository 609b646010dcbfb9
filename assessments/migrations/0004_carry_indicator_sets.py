from django.db import migrations


def carry(apps, schema_editor):
    """Sets that hung on a cycle hold from its year on; every line says what kind it is."""
    IndicatorSet = apps.get_model("assessments", "IndicatorSet")
    Indicator = apps.get_model("assessments", "Indicator")
    for indicator_set in IndicatorSet.objects.select_related("cycle"):
        indicator_set.programme_id = indicator_set.cycle.programme_id
        indicator_set.from_year = indicator_set.cycle.year
        indicator_set.state = "published"
        indicator_set.save(update_fields=["programme", "from_year", "state"])
    Indicator.objects.filter(is_veto=True).update(kind="veto")
    Indicator.objects.filter(is_veto=False, points=None).update(kind="heading")


class Migration(migrations.Migration):

    dependencies = [
        ("applications", "0004_review_and_evaluation"),
        ("assessments", "0003_assessing"),
    ]

    operations = [migrations.RunPython(carry, migrations.RunPython.noop)]
