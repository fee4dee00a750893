"""A person is not twice in the same role in the same place: the database itself says no."""

from django.db import migrations

from history.ddl import no_overlap


class Migration(migrations.Migration):
    dependencies = [("history", "0002_append_only"), ("accounts", "0001_initial")]
    operations = [
        no_overlap(
            "accounts",
            "Membership",
            name="membership_no_overlap",
            same=("user_id", "organisation_id", "role"),
            period=("since", "until"),
            where="since IS NOT NULL",
        ),
    ]
