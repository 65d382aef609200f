from typing import Any

from django.db import migrations, models


def no_questionnaires_after_withdrawal(apps: Any, _: object) -> None:  # noqa: ANN401
    """An adult of a household that withdrew is not asked; until now every reader looked for that itself."""
    place, member = apps.get_model("fieldwork", "Place"), apps.get_model("fieldwork", "Member")
    gone = models.QuerySet(place).filter(
        municipality=models.OuterRef("municipality"), household=models.OuterRef("household"), stage="withdrew"
    )
    models.QuerySet(member).filter(models.Exists(gone), is_asked=True).update(is_asked=False)


class Migration(migrations.Migration):
    dependencies = [("fieldwork", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="sentto", name="sent_to_by_wave"),
        migrations.AddIndex(
            model_name="sentto",
            index=models.Index(
                fields=["municipality", "study", "wave", "answered_on", "sent_on"], name="sent_to_by_wave"
            ),
        ),
        migrations.RunPython(no_questionnaires_after_withdrawal, migrations.RunPython.noop),
    ]
