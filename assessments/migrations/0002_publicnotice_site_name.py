from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]

    operations = [
        migrations.AddField("publicnotice", "site_name", models.CharField(default="", max_length=100), preserve_default=False),
    ]
