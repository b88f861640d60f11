"""Drafts of rating sets, and who made them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("evaluations", "0008_decisions"),
    ]

    operations = []
