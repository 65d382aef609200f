from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_in_order_of_writing"),
        ("research", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contact",
            name="contact_once",
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_month",
        ),
        migrations.RemoveIndex(
            model_name="contact",
            name="contact_by_household",
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("municipality", "household", "event_id"), name="contact_once"
            ),
        ),
    ]
