from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_search")]

    operations = [
        migrations.RemoveIndex("entry", "journal_ent_municip_a7274a_idx"),
        migrations.AddIndex(
            "entry",
            models.Index(fields=["municipality", "household", "sequence"], name="entry_by_household"),
        ),
    ]
