from typing import Any

from django.db import migrations, models


def bring_together(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401
    sheets = apps.get_model("surveys", "Sheet").objects.using(schema_editor.connection.alias)
    rows = apps.get_model("surveys", "Answer").objects.using(schema_editor.connection.alias)
    for sheet in sheets.iterator(chunk_size=1000):
        sheet.answers = dict(rows.filter(sheet=sheet).values_list("item", "value"))
        sheet.save(update_fields=["answers"])


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [
        migrations.AddField("sheet", "answers", models.JSONField(default=dict)),
        migrations.AddField("sheet", "edition", models.PositiveIntegerField(default=0)),
        migrations.RunPython(bring_together, migrations.RunPython.noop, elidable=True),
        migrations.DeleteModel("answer"),
    ]
