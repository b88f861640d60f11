from django.db import migrations

# Ids of ratings come a thousand at a time to whoever writes them: two workers that take turns with
# each id stand in each other's way at the sequence and at the last page of the primary key.
SQL = "ALTER TABLE evaluations_rating ALTER COLUMN id SET CACHE 1000"
UNDO_SQL = "ALTER TABLE evaluations_rating ALTER COLUMN id SET CACHE 1"


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0011_dossiers")]

    operations = [migrations.RunSQL(SQL, UNDO_SQL)]
