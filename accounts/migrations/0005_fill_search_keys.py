from django.db import migrations

from accounts.finding import keys_of

CHUNK = 1000


def fill(apps, schema_editor):
    """What everybody from before is found by."""
    patients = apps.get_model("accounts", "Patient").objects.only("clinic", "name", "phone")
    key = apps.get_model("accounts", "SearchKey")
    made = []
    for patient in patients.iterator():
        mine = sorted(keys_of(patient.name, patient.phone))
        made += [key(patient_id=patient.pk, clinic_id=patient.clinic_id, key=one) for one in mine]
        if len(made) >= CHUNK:
            key.objects.bulk_create(made)
            made = []
    key.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_search_keys")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
