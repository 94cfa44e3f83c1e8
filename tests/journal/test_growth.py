"""What keeps pages as fast in a large clinic as in a small one; how fast is for tests/benchmarks/growth.py."""

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient, SearchKey

ASKED = [model for model in apps.get_models() if hasattr(model._default_manager.all(), "visible_to")]


@pytest.mark.parametrize("model", ASKED, ids=lambda model: model.__name__)
def test_whether_a_clinician_may_see_a_row_is_not_asked_of_a_list_of_all_patients(cara, model):
    asked = str(model._default_manager.visible_to(cara).query)
    assert "IN (SELECT" not in asked


@pytest.mark.parametrize("typed", ["lee", "ann lee", "ann lee 900001"])
def test_a_search_asks_as_often_however_many_it_finds(as_, cara, clinic, typed):
    desk, counts = as_(cara), []
    for _more in range(2):
        for number in range(6):
            Patient.objects.create(clinic=clinic, name=f"Ann Lee{number}", birth_year=1990, phone="+44 7700 900001")
        desk.post("/patients/", {"q": typed})
        desk.get("/patients/")
        with CaptureQueriesContext(connection) as queries:
            found = desk.get("/patients/").context["lines"]
        counts.append((len(found), len(queries)))
    (few, asked), (many, asked_again) = counts
    assert (few, many) == (6, 12)
    assert asked == asked_again


def test_a_page_of_a_search_is_read_from_the_index_in_its_order(clinic, cara):
    names = ["Ann Lee", "Bo Fox", "Ann Moss"]
    for name in names:
        Patient.objects.create(clinic=clinic, name=name, birth_year=1990, phone="+44 7700 900001")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # for so few it would read everything
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    plan = SearchKey.objects.visible_to(cara).matching("ann")[:50].explain()
    assert "patients_by_key" in plan
    assert "TEMP B-TREE" not in plan
