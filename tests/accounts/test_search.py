"""A patient is found by the beginnings of her names and the end of her number, in the same time among any number."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.finding import LONGEST, keys_of, keys_sought
from accounts.models import Patient, SearchKey
from journal.actions import people


@pytest.fixture
def named(clinic):
    """People in the books of Cara's clinic."""

    def add(*names, phone="+44 7700 900555", of=clinic):
        return [Patient.objects.create(clinic=of, name=name, birth_year=1990, phone=phone) for name in names]

    return add


@pytest.fixture
def find(cara):
    return lambda words: [key.patient.name for key in SearchKey.objects.visible_to(cara).matching(words)]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Nora Quill", "nora"),
        ("Nora Quill", "QUILL no"),
        ("Nora Quill", "q n"),
        ("Zoë Müller", "zoe muller"),
        ("Zoe Muller", "Zoë Müll"),
        ("Łukasz Żółć", "lukasz zol"),
        ("Jürgen Groß", "GROSS"),
        ("Bjørn Ærø", "bjorn aero"),
        ("İpek Işık", "ipek isik"),
        ("Anne-Marie O'Brien", "annemarie"),
        ("Anne-Marie O'Brien", "marie brien"),
        ("Anne-Marie O'Brien", "O’Brien"),
        ("Annemarie Obrien", "anne o'b"),
        ("王小明", "王"),
        ("王小明", "小明"),
        ("Дмитрий Йовков", "йов"),
        ("राधिका नायर", "राधि"),
        ("ｆｕｌｌ Width", "full"),
    ],
)
def test_a_name_is_found_by_how_its_words_begin_however_they_are_spelled(named, find, name, typed):
    named("Somebody Else", name)
    assert find(typed) == [name]


@pytest.mark.parametrize("typed", ["ora", "quillx", "nora moss", "%", "_", "'", "ͺ", "", "  "])
def test_what_begins_no_word_finds_nobody(named, find, typed):
    named("Nora Quill")
    assert find(typed) == []


@pytest.mark.parametrize("typed", ["900555", "555", "07700 900555", "(0)7700-900555", "00447700900555", "nora 0555"])
def test_a_number_is_found_by_its_end(named, find, typed):
    named("Nora Quill", phone="+44 (0)7700 900.555")
    named("Nora Moss", phone="+44 7700 900556")
    assert find(typed) == ["Nora Quill"]


def test_the_beginning_of_a_number_is_not_its_end(named, find):
    named("Nora Quill")
    assert find("7700") == find("nora 7700") == []


def test_exact_words_come_first_then_names(named, find):
    named("Liam Able", "Mei Li", "Zoe Li", "Lillian Able", "Li Wei", "Ann Liam")
    assert find("li") == ["Li Wei", "Mei Li", "Zoe Li", "Ann Liam", "Liam Able", "Lillian Able"]


def test_somebody_with_two_words_alike_is_found_once(named, find):
    named("Ann Annable", "Anna Lee")
    assert find("ann") == ["Ann Annable", "Anna Lee"]


def test_a_page_goes_on_after_the_last_of_the_one_before(named, cara):
    *_, last, _after = named("Ann Lee", "Ann Annable", "Ann Lee", "Ann Moss")
    keys = SearchKey.objects.visible_to(cara).matching("ann")
    seen, rest = [], keys
    while row := rest.first():
        seen.append(row.patient_id)
        rest = keys.after(row.patient)
    assert len(seen) == len(set(seen)) == 4
    last.name = "Bea Moss"
    last.save()
    assert keys.after(last).count() == 3  # it marks no place any more


def test_a_correction_is_found_and_what_it_replaced_is_not(named, find, cara):
    (patient,) = named("Nora Quill")
    fields = {"birth_year": 1990, "phone": "+44 7700 900777", "language": "en"}
    people.correct_patient(patient=patient, name="Nora Moss", **fields, by=cara, at=timezone.now())
    assert find("moss") == find("777") == ["Nora Moss"]
    assert find("quill") == find("555") == []


def test_what_the_administrator_corrects_is_found_too(named, find, as_, ada):
    (patient,) = named("Nora Quill")
    answers = {"name": "Nora Moss", "birth_year": 1990, "phone": patient.phone, "language": "en"}
    assert as_(ada).post(f"/admin/accounts/patient/{patient.pk}/change/", answers).status_code == 302
    assert find("moss") == ["Nora Moss"]
    assert find("quill") == []


def test_saving_again_writes_nothing_new(named):
    (patient,) = named("Nora Quill")
    before = set(patient.keys.values_list("pk", flat=True))
    patient.save()
    assert set(patient.keys.values_list("pk", flat=True)) == before


def test_nobody_is_found_in_another_clinic_or_by_somebody_who_is_no_clinician(named, elsewhere, cara, owen, ada, pat):
    named("Nora Quill", of=elsewhere)
    found = {who: SearchKey.objects.visible_to(who).matching("nora").count() for who in (cara, owen, ada, pat.user)}
    assert found == {cara: 0, owen: 1, ada: 0, pat.user: 0}


def test_who_was_there_before_is_found_after_the_migration(named, find):
    named("Nora Quill", "Zoë Moss")
    SearchKey.objects.all().delete()
    import_module("accounts.migrations.0005_fill_search_keys").fill(apps, None)
    assert find("zoe") == ["Zoë Moss"]
    assert sorted(find("555")) == ["Nora Quill", "Zoë Moss"]


def test_a_deleted_patient_leaves_nothing_to_find(named):
    (patient,) = named("Nora Quill")
    patient.delete()
    assert not SearchKey.objects.exists()


@pytest.mark.parametrize("name", ["ﷺ" * 120, "王" * 120, "a-" * 60, "-" * 120])
def test_names_of_any_kind_can_be_kept(named, name):
    (patient,) = named(name)
    assert all(len(key.key) <= LONGEST for key in patient.keys.all())


@given(name=st.text(max_size=120), length=st.integers(1, 40))
def test_every_beginning_of_a_word_is_the_beginning_of_a_key(name, length):
    beginnings = [word[:length] for word in name.split()]
    with_letters = [beginning for beginning in beginnings if any(map(str.isalpha, beginning))]  # else it is a number
    for sought in keys_sought(" ".join(with_letters)):
        assert any(key.startswith(sought) for key in keys_of(name, ""))
