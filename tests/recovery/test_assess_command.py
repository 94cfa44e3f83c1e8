"""`manage.py assess`: JSON in, JSON out; what is wrong with the input is said on the error stream, with status 2."""

import io
import json
import sys
from importlib.resources import files

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from journal import protocols
from journal.management import documents
from journal.management.commands import assess

COURSE = {"treatments": [{"day": 0}], "entries": [{"day": 3, "redness": 0}, {"day": 9, "redness": 2}]}


@pytest.fixture
def run(tmp_path, capsys):
    def run(contents, *options):
        file = tmp_path / "courses.json"
        file.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
        call_command("assess", str(file), *options)
        return json.loads(capsys.readouterr().out)

    return run


def test_one_course_in_one_object_out(run):
    found = run(COURSE)
    assert (found["protocol"], found["tier"], found["first_contact_day"]) == ("microneedling-1", "contact", 9)
    assert [finding["rule"] for finding in found["days"][1]["findings"]] == ["R-1", "R-4"]


def test_a_list_of_courses_in_a_list_out(run):
    assert [found["tier"] for found in run([COURSE, {"treatments": [{"day": 0}], "entries": []}])] == [
        "contact",
        "none",
    ]
    assert run([]) == []


def test_a_byte_order_mark_is_no_fault(run):
    assert run(b"\xef\xbb\xbf" + json.dumps(COURSE).encode())["tier"] == "contact"


def test_a_dash_reads_standard_input(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(COURSE).encode())))
    call_command("assess", "-")
    assert json.loads(capsys.readouterr().out)["tier"] == "contact"


def test_a_draft_protocol_is_used_in_place_of_the_current_one(run, tmp_path):
    draft = json.loads(files(protocols).joinpath("microneedling-1.json").read_text("utf-8"))
    draft["version"] = "draft"
    draft["rules"] = [rule for rule in draft["rules"] if rule["code"] == "R-4"]
    draft["modifiers"] = []
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft), "utf-8")
    found = run(COURSE, "--protocol", str(file))
    assert found["protocol"] == "draft"
    assert [finding["rule"] for finding in found["days"][1]["findings"]] == ["R-4"]


def test_a_draft_that_loosens_what_is_fixed_is_named(run, tmp_path, capsys):
    draft = json.loads(files(protocols).joinpath("microneedling-1.json").read_text("utf-8"))
    draft["rules"] = [rule for rule in draft["rules"] if rule["code"] != "N-1"]
    file = tmp_path / "draft.json"
    file.write_text(json.dumps(draft), "utf-8")
    source = tmp_path / "course.json"
    source.write_text(json.dumps(COURSE))
    call_command("assess", str(source), "--protocol", str(file))
    assert capsys.readouterr().err == "This draft may not be used for patients: N-1 is missing\n"


def test_a_draft_with_faults_is_refused_with_all_of_them(run, tmp_path):
    file = tmp_path / "draft.json"
    file.write_text('{"version": 1}')
    with pytest.raises(CommandError, match=r"protocol\.version: must be text") as refused:
        run(COURSE, "--protocol", str(file))
    assert "protocol.rules: must be a list" in str(refused.value)


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        (b"", "courses.json: not JSON: Expecting value at line 1, column 1"),
        (b'{"treatments": [', "courses.json: not JSON: Expecting value"),
        (b"\xff\xfe", "courses.json: not text in UTF-8"),
        (b"[" * 100_000, "courses.json: not JSON that can be read: lists or objects nested too deeply"),
        (b"1" * 5000, "courses.json: not JSON that can be read: a number has too many digits"),
        (b"NaN", "course: must be an object"),
        (b"[7]", "courses[0]: must be an object"),
        (
            {"treatments": [{"day": 0}], "entries": [{"day": 1, "redness": 7}]},
            'course.entries[0].redness: must be 0 to 4, null or "cant_tell"',
        ),
    ],
)
def test_bad_input_is_refused_with_its_place_and_prints_nothing(run, capsys, contents, complaint):
    with pytest.raises(CommandError) as refused:
        run(contents)
    assert complaint in str(refused.value)
    assert refused.value.returncode == 2
    assert capsys.readouterr().out == ""


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("assess", str(tmp_path / "nothing.json"))
    with pytest.raises(CommandError, match="Is a directory"):
        call_command("assess", str(tmp_path))


def test_a_file_larger_than_the_limit_is_refused_unread(run, monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 10)
    with pytest.raises(CommandError, match="larger than"):
        run(COURSE)


def test_from_the_shell_bad_input_ends_with_status_2(tmp_path, capsys):
    file = tmp_path / "courses.json"
    file.write_text("[[]]")
    with pytest.raises(SystemExit) as ended:
        assess.Command().run_from_argv(["manage.py", "assess", str(file)])
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "courses[0]: must be an object" in said.err
