"""Who may import whom (design, section 2). A wrong arrow fails here before anyone gets used to it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN = {"accounts": ("journal", "config"), "journal": ("config",)}
# Inside the journal each room may use those before it, and itself.
ROOMS = [
    ["recovery"],
    ["protocols"],
    ["likeness", "photo_child", "storage", "charts", "overlays", "calendar_file", "worth", "demo_photos"],
    ["photos"],
    ["models"],
    ["words", "exports", "uploads", "care_plan", "trial"],
    ["actions"],
    ["photo_inputs", "moments"],
    [
        "forms",
        "staff_forms",
        "care_forms",
        "progress_form",
        "plan_forms",
        "message_forms",
        "call_forms",
        "review_form",
        "seen_form",
    ],
    ["views", "templatetags", "management", "admin", "protocol_admin", "urls", "apps"],
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


MANAGERS = {"objects", "_default_manager"}
# Where a view may take rows by a record it was let into already, and why; empty is better.
HELD: dict = {}


def modules(folder):
    found = [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]
    assert found, folder
    return found


def imports(path):
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            start = ".".join(part for part in (above, node.module or "") if part)
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def room_of(name):
    parts = name.split(".")
    return parts[1] if parts[0] == "journal" and len(parts) > 1 and parts[1] in LEVEL else None


@pytest.mark.parametrize("app", FORBIDDEN)
def test_an_app_does_not_lean_on_those_above_it(app):
    wrong = [
        (str(path), name) for path in modules(app) for name in imports(path) if name.split(".")[0] in FORBIDDEN[app]
    ]
    assert not wrong


def test_every_room_of_the_journal_is_known():
    rooms = {path.relative_to(ROOT / "journal").parts[0].removesuffix(".py") for path in modules("journal")}
    assert rooms - {"__init__"} <= set(LEVEL)


def test_inside_the_journal_arrows_point_one_way():
    wrong = []
    for path in modules("journal"):
        here = path.relative_to(ROOT / "journal").parts[0].removesuffix(".py")
        wrong += [
            (str(path.relative_to(ROOT)), name)
            for name in imports(path)
            if room_of(name) and here in LEVEL and LEVEL[room_of(name)] > LEVEL[here]
        ]
    assert not wrong


def test_the_core_needs_nothing_but_the_standard_library():
    import sys

    allowed = sys.stdlib_module_names | {"journal"}
    wrong = [
        (path.name, name)
        for path in modules("journal/recovery")
        for name in imports(path)
        if name.split(".")[0] not in allowed
    ]
    assert not wrong


def unasked(source):
    """Where a view takes a model's rows without asking at once who wants them: the function, and what it says."""
    for statement in ast.parse(source).body:
        nodes = list(ast.walk(statement))
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        asked = {id(call.func.value) for call in calls if getattr(call.func, "attr", "") == "visible_to"}
        # `get_object_or_404(Photo, ...)` takes the model's own rows too.
        found = [call.args[0] for call in calls if call.args and getattr(call.func, "id", "").endswith("_or_404")]
        bare = [node for node in found if isinstance(node, ast.Name) and node.id[0].isupper()]
        managers = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr in MANAGERS]
        for node in [*bare, *managers]:
            if id(node) not in asked and ast.unparse(node) != "AccessEvent.objects":  # written here, never read
                yield getattr(statement, "name", ""), ast.unparse(node)


@pytest.mark.parametrize(
    ("line", "leaks"),
    [
        ("Entry.objects.visible_to(user).live()", False),
        ("treatment.entries.filter(on=on)", False),
        ("get_object_or_404(Photo.objects.visible_to(user), token=token)", False),
        ("AccessEvent.objects.record(by=user)", False),
        ("Entry.objects.filter(treatment=treatment)", True),
        ("Entry.objects.filter(on=on).visible_to(user)", True),
        ("rows = Entry.objects", True),
        ("Entry._default_manager.all()", True),
        ("get_object_or_404(Photo, token=token)", True),
    ],
)
def test_rows_that_nobody_was_asked_about_are_seen(line, leaks):
    assert bool(list(unasked(f"def view():\n    {line}"))) == leaks


def test_no_view_reaches_rows_without_asking_who_wants_them():
    """Views read through `visible_to`, or from a record they already hold; a bare manager is how leaks begin."""
    found = {(path.name, *where) for path in modules("journal/views") for where in unasked(path.read_text())}
    assert found == HELD.keys()


def test_functions_and_files_stay_small():
    for folder in ("accounts", "config", "journal"):
        for path in modules(folder):
            text = path.read_text()
            assert text.count("\n") <= 350, path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    assert node.end_lineno - node.lineno < 50, (path, node.name)
