import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0001_initial"),
        ("journal", "0003_in_order_of_writing"),
    ]

    operations = [
        migrations.AlterField(
            model_name="file",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.municipality",
            ),
        ),
    ]
