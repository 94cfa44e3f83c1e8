"""What is kept of a day: one row, every version of it, and its photos, together or not at all."""

import threading
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from journal.actions import entries, treatments
from journal.actions.photos import path_of
from journal.models import Entry, EntryRevision, Photo, Treatment
from journal.models.photo import PER_AREA, PER_DAY
from journal.photos import SIZES

from .tables import files_kept, log, picture


def save(treatment, day=3, answers=None, **changes):
    call = {"client_id": uuid.uuid4(), "by": treatment.patient.user, "at": timezone.now(), **changes}
    answers = {"redness": 1} if answers is None else answers
    return entries.save(treatment=treatment, on=treatment.date_of(day), answers=answers, **call)


def kept_files():
    """Every stored size of every photo that has a row."""
    return {path_of(photo.token, size) for photo in Photo.objects.all() for size in SIZES}


@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_one_answer_is_an_entry_and_the_rest_stays_unanswered(treatment):
    entry = save(treatment, answers={"itch": 2}).entry
    entry.refresh_from_db()
    assert (entry.itch, entry.redness, entry.dryness, entry.tightness) == (2, None, None, None)
    assert not entry.signs_answered
    assert entry.temperature_c is None


def test_unanswered_is_neither_zero_nor_no_in_what_is_compared(treatment):
    reading = save(treatment, answers={"itch": 0}).entry.reading()
    assert reading.scores == {"itch": 0}
    assert not reading.signs_answered


def test_a_danger_sign_alone_is_an_entry(treatment):
    entry = save(treatment, answers={"signs": ["pus"]}).entry
    assert entry.scores() == {}
    assert entry.signs == ["pus"]


def test_none_of_these_is_an_answer_and_not_the_lack_of_one(treatment):
    entry = save(treatment, answers={"signs": []}).entry
    assert entry.signs_answered
    assert entry.signs == []


def test_a_correction_replaces_what_is_answered_and_leaves_the_rest(treatment):
    log(treatment, "day redness dryness itch signs  temperature\n  3 3       1       .    pus    37.9")
    entry = log(treatment, "day redness dryness itch signs temperature\n  3 1       .       2    .     .")
    entry.refresh_from_db()
    assert entry.scores() == {"redness": 1, "dryness": 1, "itch": 2}
    assert (entry.signs, str(entry.temperature_c)) == (["pus"], "37.9")


def test_signs_replace_as_a_whole_once_they_are_answered(treatment):
    entry = log(treatment, "day signs\n3 pus,warmth\n3 warmth")
    assert entry.signs == ["warmth"]
    entry = log(treatment, "day signs\n3 -")
    assert (entry.signs, entry.signs_answered) == ([], True)


def test_cant_tell_and_a_score_replace_each_other(treatment):
    entry = log(treatment, "day redness\n3 2\n3 ?")
    assert (entry.redness, entry.redness_cant_tell) == (None, True)
    entry = log(treatment, "day redness\n3 0")
    assert (entry.redness, entry.redness_cant_tell) == (0, False)


def test_a_temperature_can_be_taken_back(treatment):
    save(treatment, answers={"temperature_c": "38.2"})
    entry = save(treatment, answers={"temperature_c": None}).entry
    entry.refresh_from_db()
    assert entry.temperature_c is None


def test_every_version_is_kept_with_who_and_when(treatment, cara):
    at = timezone.now()
    save(treatment, answers={"redness": 3}, at=at)
    entry = save(treatment, answers={"redness": 1}, by=cara).entry
    told = [(one.answers, one.by, one.by_clinic) for one in entry.revisions.all()]
    assert told == [({"redness": 3}, treatment.patient.user, False), ({"redness": 1}, cara, True)]
    assert entry.revisions.first().at == at


def test_an_entry_that_a_clinician_began_says_so(treatment, cara):
    entry = save(treatment, by=cara).entry
    assert entry.logged_by == cara
    assert entry.revisions.get().by_clinic


def test_the_patients_entry_stays_hers_when_the_clinic_corrects_it(treatment, cara):
    save(treatment)
    assert save(treatment, by=cara).entry.logged_by == treatment.patient.user


def test_the_same_submission_again_does_nothing_and_says_so(treatment):
    client_id = uuid.uuid4()
    first = save(treatment, client_id=client_id)
    again = save(treatment, client_id=client_id)
    assert (first.new, again.new, again.entry) == (True, False, first.entry)
    assert EntryRevision.objects.count() == 1


def test_a_late_repeat_does_not_undo_a_correction(treatment):
    client_id = uuid.uuid4()
    save(treatment, answers={"redness": 3}, client_id=client_id)
    save(treatment, answers={"redness": 1})
    save(treatment, answers={"redness": 3}, client_id=client_id)
    assert Entry.objects.get().redness == 1


@pytest.mark.parametrize("change", [{"answers": {"redness": 2}}, {"day": 2}])
def test_the_same_id_with_other_content_is_refused(treatment, change):
    client_id = uuid.uuid4()
    save(treatment, client_id=client_id)
    with pytest.raises(entries.OtherContent):
        save(treatment, client_id=client_id, **change)
    assert Entry.objects.get().redness == 1


def test_an_id_that_another_patient_used_is_refused_and_nothing_of_hers_is_touched(treatment, vera, cara):
    from tests.conftest import make_treatment

    hers = make_treatment(vera, treatment.treated_on, cara)
    client_id = uuid.uuid4()
    save(hers, client_id=client_id)
    with pytest.raises(entries.OtherContent):
        save(treatment, client_id=client_id)
    assert Entry.objects.get().treatment == hers


def test_a_day_that_another_device_wrote_is_kept_from_a_sender_who_may_not_correct(treatment):
    save(treatment, answers={"redness": 3})
    with pytest.raises(entries.DayTaken):
        save(treatment, answers={"redness": 0}, may_correct=False)
    assert Entry.objects.get().redness == 3


def test_whoever_has_seen_the_latest_version_may_correct_it(treatment, cara):
    first, second = uuid.uuid4(), uuid.uuid4()
    save(treatment, answers={"redness": 3}, client_id=first, based_on="")
    save(treatment, answers={"redness": 2}, client_id=second, based_on=str(first), by=cara)
    entry = save(treatment, answers={"redness": 1}, based_on=str(second)).entry
    assert (entry.redness, entry.revisions.count()) == (1, 3)


@pytest.mark.parametrize("seen", ["", "first", "nonsense"])
def test_whoever_has_not_is_shown_how_the_day_stands_and_changes_nothing(treatment, cara, seen, on_commit):
    first = uuid.uuid4()
    save(treatment, answers={"redness": 3}, client_id=first)
    entry = save(treatment, answers={"redness": 2}, by=cara).entry
    based_on = str(first) if seen == "first" else seen
    with on_commit(), pytest.raises(entries.ChangedMeanwhile) as told:
        save(treatment, answers={"redness": 0}, based_on=based_on, photos=[picture("cheek")])
    assert (told.value.entry, told.value.entry.redness) == (entry, 2)
    assert EntryRevision.objects.count() == 2
    assert not files_kept()


def test_a_sender_who_asks_for_no_check_gets_none(treatment, cara):
    save(treatment, answers={"redness": 3}, by=cara)
    assert save(treatment, answers={"redness": 0}, based_on=None).entry.redness == 0


def test_a_day_that_nobody_has_written_takes_any_first_entry(treatment):
    assert save(treatment, based_on="").new
    assert save(treatment, 2, based_on=str(uuid.uuid4())).new


def test_a_repeat_is_one_whatever_it_was_based_on(treatment, cara):
    client_id = uuid.uuid4()
    save(treatment, answers={"redness": 3}, client_id=client_id, based_on="")
    save(treatment, answers={"redness": 1}, by=cara)
    assert not save(treatment, answers={"redness": 3}, client_id=client_id, based_on="").new
    assert Entry.objects.get().redness == 1


def test_without_a_treatment_that_stands_nothing_is_saved_and_no_file_stays(treatment, cara, on_commit):
    treatments.cancel(treatment=treatment, by=cara, at=timezone.now())
    with on_commit(), pytest.raises(entries.NoTreatment):
        save(treatment, photos=[picture("cheek")])
    assert not Entry.objects.exists()
    assert not files_kept()


def test_the_outbox_may_repeat_its_own_submission(treatment):
    client_id = uuid.uuid4()
    save(treatment, client_id=client_id, may_correct=False)
    assert not save(treatment, client_id=client_id, may_correct=False).new


def test_a_day_may_be_written_later(treatment):
    log(treatment, "day redness\n3 1\n1 2")
    assert list(treatment.entries.values_list("redness", flat=True)) == [2, 1]


def test_the_latest_day_with_an_entry_is_kept_on_the_treatment(treatment):
    for day, latest in ((1, 1), (3, 3), (2, 3)):
        save(treatment, day)
        assert Treatment.objects.get().last_entry_on == treatment.date_of(latest)


def test_photos_come_with_their_entry(treatment, on_commit):
    with on_commit():
        save(treatment, photos=[picture("cheek"), picture("brow")])
    assert Photo.objects.filter(on=treatment.date_of(3)).count() == 2
    assert files_kept() == kept_files()


def test_a_photo_sent_twice_is_one_photo(treatment, on_commit):
    client_id = uuid.uuid4()
    for _time in range(2):
        with on_commit():
            save(treatment, photos=[picture("cheek")], client_id=client_id)
    with on_commit():
        save(treatment, photos=[picture("cheek"), picture("cheek")])
    assert Photo.objects.count() == 1
    assert files_kept() == kept_files()


def test_the_same_picture_on_another_day_is_another_photo(treatment):
    save(treatment, 2, photos=[picture("cheek")])
    save(treatment, 3, photos=[picture("cheek")])
    assert Photo.objects.count() == 2


def test_a_fifth_photo_of_an_area_is_refused_in_a_sentence_and_the_entry_is_kept(treatment, on_commit):
    with on_commit():
        saved = save(treatment, photos=[picture(f"cheek {n}") for n in range(PER_AREA + 1)])
    assert saved.entry.redness == 1
    assert Photo.objects.count() == PER_AREA
    assert len(saved.refusals) == 1
    said = "Face: a day has room for 4 photos of one area. Tap “Remove” under one of that day, then add this one again."
    assert saved.refusals == [said]
    assert files_kept() == kept_files()


def test_a_ninth_photo_of_a_day_is_refused(treatment, on_commit):
    shots = [picture(f"{area} {n}", area) for area in ("face", "neck", "chest") for n in range(3)]
    with on_commit():
        saved = save(treatment, photos=shots)
    assert (Photo.objects.count(), len(saved.refusals)) == (PER_DAY, 1)
    assert files_kept() == kept_files()


def test_a_photo_of_the_clinic_before_the_treatment_takes_no_room_of_the_day(treatment, cara):
    from journal.actions import photos

    call = {"treatment": treatment, "on": treatment.treated_on, "by": cara, "at": timezone.now()}
    photos.add(photos=[picture(f"before {n}") for n in range(3)], baseline=True, **call)
    assert not save(treatment, 0, photos=[picture("after")]).refusals


def test_the_picture_that_the_clinic_took_before_may_be_sent_again_for_the_day(treatment, cara):
    from journal.actions import photos

    call = {"treatment": treatment, "on": treatment.treated_on, "by": cara, "at": timezone.now()}
    photos.add(photos=[picture("cheek")], baseline=True, **call)
    assert save(treatment, 0, photos=[picture("cheek")]).entry.redness == 1


def test_photos_of_a_refused_submission_leave_no_file(treatment, on_commit):
    client_id = uuid.uuid4()
    save(treatment, client_id=client_id)
    with on_commit(), pytest.raises(entries.DayTaken):
        save(treatment, photos=[picture("cheek")], may_correct=False)
    with on_commit(), pytest.raises(entries.OtherContent):
        save(treatment, 2, photos=[picture("cheek")], client_id=client_id)
    assert not files_kept()


def test_nothing_is_kept_when_the_save_fails_and_no_row_points_at_nothing(treatment):
    with pytest.raises(IntegrityError), transaction.atomic():
        save(treatment, answers={"redness": 7}, photos=[picture("cheek")])
    assert not Entry.objects.exists()
    assert not EntryRevision.objects.exists()
    assert kept_files() <= files_kept()


def test_a_picture_that_cannot_be_stored_is_named_and_the_answers_are_kept(treatment, settings, tmp_path):
    blocked = tmp_path / "a file where a folder should be"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked
    saved = save(treatment, photos=[picture("cheek")])
    assert saved.refusals == ["Face could not be kept just now. Please add it again later."]
    assert Entry.objects.get() == saved.entry
    assert not Photo.objects.exists()


def refused(treatment, **fields):
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(
            treatment=treatment,
            logged_by=treatment.patient.user,
            created_at=now,
            updated_at=now,
            **{"on": treatment.date_of(2), **fields},
        )


def test_the_database_keeps_one_entry_a_day_and_scores_within_the_scale(treatment):
    save(treatment, 3)
    refused(treatment, on=treatment.date_of(3))
    refused(treatment, itch=5)
    refused(treatment, redness=1, redness_cant_tell=True)
    refused(treatment, temperature_c="33.9")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_simultaneous_saves_of_one_day_give_one_row(treatment):
    if connection.vendor != "postgresql":
        pytest.skip("NOT RUN: simultaneous saves need PostgreSQL (DATABASE_URL)")
    together, failures = threading.Barrier(4), []

    def send(number):
        try:
            together.wait()
            save(treatment, answers={"redness": number}, photos=[picture("cheek")])
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert Entry.objects.count() == 1
    assert EntryRevision.objects.count() == 4
    assert Photo.objects.count() == 1
    assert files_kept() == kept_files()
