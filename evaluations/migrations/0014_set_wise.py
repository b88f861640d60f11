"""What the year end does for many members at once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0013_checks_by_index")]

    operations = []
