from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0004_carry_indicator_sets"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='indicator',
            name='veto_has_no_points',
        ),
        migrations.RemoveConstraint(
            model_name='indicatorset',
            name='indicator_set_once',
        ),
        migrations.RemoveField(
            model_name='indicator',
            name='is_veto',
        ),
        migrations.RemoveField(
            model_name='indicatorset',
            name='cycle',
        ),
        migrations.AlterField(
            model_name='indicatorset',
            name='from_year',
            field=models.PositiveSmallIntegerField(verbose_name='holds from the year'),
        ),
        migrations.AlterField(
            model_name='indicatorset',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicator_sets', to='sites.programme'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('heading', 'veto')), ('points', None)), models.Q(('kind__in', ('scored', 'yes_no', 'bonus')), ('points__gt', Decimal('0'))), _connector='OR'), name='indicator_points_fit_kind'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('minimum', None), ('kind', 'heading'), _connector='OR'), name='only_headings_have_minimum'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['heading', 'scored', 'yes_no', 'bonus', 'veto'])), name='indicator_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='indicator',
            constraint=models.CheckConstraint(condition=models.Q(('method__in', ['papers', 'visit', 'data'])), name='indicator_method_known'),
        ),
        migrations.AddConstraint(
            model_name='indicatorset',
            constraint=models.UniqueConstraint(fields=('category', 'version'), name='indicator_version_once'),
        ),
        migrations.AddConstraint(
            model_name='indicatorset',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('category', 'from_year'), name='one_published_set_a_year'),
        ),
        migrations.AddConstraint(
            model_name='indicatorset',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('category',), name='one_indicator_draft'),
        ),
        migrations.AddConstraint(
            model_name='indicatorset',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published'])), name='indicator_set_state_known'),
        ),
    ]
