"""Two agreements at once for the same party, two contacts at once for the same school: the database
itself says no, on both engines."""

from django.db import migrations

from history.ddl import no_overlap


class Migration(migrations.Migration):
    dependencies = [("collaboration", "0001_initial")]
    operations = [
        no_overlap(
            "collaboration",
            "AgreementParty",
            name="agreement_party_no_overlap",
            same=("district_id", "organisation_id", "programme"),
            period=("since", "until"),
            where="in_force",
        ),
        no_overlap(
            "collaboration",
            "ContactAssignment",
            name="contact_no_overlap",
            same=("school_id", "post"),
            period=("held_from", "held_until"),
            where="held_from IS NOT NULL",
        ),
    ]
