"""Members who were entered twice."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0007_reorganization")]

    operations = []
