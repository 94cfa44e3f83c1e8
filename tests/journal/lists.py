"""What tests of the inbox's lists share: a second clinician, a message of a patient, and a form as it would be sent."""

import html
import re
import uuid

from accounts.models import User
from journal.models import Message
from tests.conftest import PASSWORD


def colleague(clinic, name="Dora", **fields):
    email = f"{name.lower()}@test.example"
    return User.objects.create_user(email, PASSWORD, role="clinician", clinic=clinic, first_name=name, **fields)


def wrote(patient, at, text="May I swim?"):
    return Message.objects.create(
        patient=patient,
        clinic=patient.clinic,
        from_clinic=False,
        text=text,
        client_id=uuid.uuid4(),
        at=at,
        by=patient.user,
    )


def form_of(response, holding):
    """The form of a page in which a piece of markup stands: its address, and its hidden fields as they are sent."""
    forms = re.findall(r"<form\b[^>]*>.*?</form>", response.content.decode(), re.DOTALL)
    form = next(one for one in forms if holding in one)
    fields = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        name, value = (re.search(rf'{what}="([^"]*)"', tag) for what in ("name", "value"))
        if 'type="hidden"' in tag and name[1] != "csrfmiddlewaretoken":
            fields.setdefault(name[1], []).append(html.unescape(value[1] if value else ""))
    return {"action": html.unescape(re.search(r'action="([^"]*)"', form)[1]), "fields": fields}
