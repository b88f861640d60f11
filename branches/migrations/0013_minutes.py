"""Minutes and the quality of meetings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0012_meeting_plans")]

    operations = []
