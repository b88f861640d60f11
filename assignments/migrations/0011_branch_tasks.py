"""The tasks that a branch gives its members."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("assignments", "0010_task_work"), ("branches", "0013_minutes")]

    operations = []
