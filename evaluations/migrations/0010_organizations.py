"""Ratings of organizations in a cycle, and the conditions on levels of their members."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0009_schemes"),
    ]

    operations = [
        migrations.AddField(
            model_name="appraisal",
            name="shortcomings_mended",
            field=models.BooleanField(
                blank=True, null=True, verbose_name="earlier shortcomings are mended"
            ),
        ),
    ]
