from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from history.ddl import append_only


def set_the_head(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("history", "Head").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("history", "0001_initial")]
    operations = [
        append_only("history", "Event"),
        append_only("history", "Seal"),
        append_only("history", "AccessEntry"),
        append_only("history", "Seen"),
        migrations.RunPython(set_the_head, migrations.RunPython.noop),
    ]
