from django.db import migrations

from evaluations.services.schemes import load_schemes


def load(apps, schema_editor):
    load_schemes(apps.get_model("evaluations", "Scheme"))


class Migration(migrations.Migration):
    """The rating sets that come with the software (`evaluations/schemes/`)."""

    dependencies = [("evaluations", "0001_models")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
