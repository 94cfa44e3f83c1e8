import datetime

from django.db import migrations
from django.db.models import F, Max, Min, OuterRef, Subquery

LATELY = datetime.timedelta(days=30)  # before the latest entry of all: older ones are history, not work


def fill(apps, schema_editor):
    """Rows from before: whose clinic, since when a flag waits, when it was first looked at, what nobody looked at."""
    flag, review = apps.get_model("journal", "Flag"), apps.get_model("journal", "Review")
    treatment, patient = apps.get_model("journal", "Treatment"), apps.get_model("accounts", "Patient")
    mine = patient.objects.filter(pk=OuterRef("patient")).values("clinic")
    treatment.objects.update(clinic=Subquery(mine[:1]))
    entry = apps.get_model("journal", "Entry")
    latest = treatment.objects.aggregate(latest=Max("last_entry_on"))["latest"]
    if latest:
        written = entry.objects.filter(treatment=OuterRef("pk")).order_by().values("treatment")
        lately = treatment.objects.filter(cancelled_at=None, last_entry_on__gte=latest - LATELY)
        lately.update(unseen_since=Subquery(written.annotate(first=Min("created_at")).values("first")[:1]))
    flag.objects.update(waits_since=F("raised_at"))
    of_flag = review.objects.filter(flag=OuterRef("pk"))
    reopened = of_flag.filter(state="open").order_by("-at").values("at")[:1]
    flag.objects.filter(reviews__state="open").update(waits_since=Subquery(reopened))
    firsts = of_flag.filter(by__isnull=False).order_by().values("flag").annotate(first=Min("at")).values("first")
    flag.objects.filter(reviews__by__isnull=False).update(first_look_at=Subquery(firsts[:1]))


def give(apps, schema_editor):
    """Who sets up clinics writes down their holidays too (see 0002)."""
    permission = apps.get_model("auth", "Permission")
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="accounts", model="holiday")
    groups = apps.get_model("auth", "Group").objects.filter(name="clinic administrator")  # a site may have renamed it
    for verb in ("view", "add", "change", "delete"):
        called = {"name": f"Can {verb} holiday"}
        made, _ = permission.objects.get_or_create(content_type=kind, codename=f"{verb}_holiday", defaults=called)
        for group in groups:
            group.permissions.add(made)


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_loop")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
