"""The shipped group: sets up clinics, people and treatments, and reads no journal."""

from django.db import migrations

NAME = "clinic administrator"
GIVEN = {
    ("accounts", "clinic"): ("view", "add", "change"),
    ("accounts", "openinghours"): ("view", "add", "change", "delete"),
    ("accounts", "user"): ("view", "add", "change"),
    ("accounts", "patient"): ("view", "add", "change"),
    ("accounts", "invitation"): ("view",),
    ("journal", "treatment"): ("view", "add", "change"),
}


def create(apps, schema_editor):
    """Permissions come after all migrations, which is too late for a group: make the few it needs now."""
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=NAME)
    for (app, model), verbs in GIVEN.items():
        kind, _ = ContentType.objects.get_or_create(app_label=app, model=model)
        called = apps.get_model(app, model)._meta.verbose_name_raw
        for verb in verbs:
            permission, _ = Permission.objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {called}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
