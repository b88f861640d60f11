from django.db import migrations


class Migration(migrations.Migration):
    """The rules between rows, checked in a time that grows with what was touched."""

    dependencies = [("assignments", "0007_documents"), ("branches", "0011_linear_checks")]
    operations = []
