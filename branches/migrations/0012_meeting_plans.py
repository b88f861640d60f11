"""Planned meetings, what a roster says, and check-in."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0011_linear_checks"), ("accounts", "0007_redaction_of_the_desk")]

    operations = []
