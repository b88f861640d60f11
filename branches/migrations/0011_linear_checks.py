from django.db import migrations


class Migration(migrations.Migration):
    """The rules between rows, checked in a time that grows with what was touched."""

    dependencies = [("branches", "0010_reorganization_entries")]
    operations = []
