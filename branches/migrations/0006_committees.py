"""Terms and seats of committees, job descriptions, decisions behind statuses and disciplines."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("branches", "0005_stored_files")]

    operations = []
