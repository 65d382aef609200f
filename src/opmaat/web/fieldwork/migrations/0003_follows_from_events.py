import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fieldwork", "0002_counted"),
        ("journal", "0003_in_order_of_writing"),
    ]

    operations = [
        migrations.AlterField(
            model_name="harmed",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.municipality",
            ),
        ),
        migrations.AlterField(
            model_name="member",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.municipality",
            ),
        ),
        migrations.AlterField(
            model_name="place",
            name="municipality",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="journal.municipality",
            ),
        ),
        migrations.AlterField(
            model_name="sentto",
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
