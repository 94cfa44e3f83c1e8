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
    ["photo_child", "photos", "storage", "charts", "demo_photos"],
    ["models"],
    ["words", "exports"],
    ["actions"],
    ["forms", "staff_forms"],
    ["views", "templatetags", "management", "admin", "urls", "apps"],
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


def modules(folder):
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]


def imports(path):
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            start = ".".join(part for part in (base, node.module or "") if part)
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


def test_no_view_reaches_rows_without_asking_who_wants_them():
    """Views read through `visible_to`, or from a record they already hold; a bare manager is how leaks begin."""
    for path in modules("journal/views"):
        for line in path.read_text().splitlines():
            if ".objects." in line:
                assert ".visible_to(" in line or "AccessEvent" in line or "treatment=" in line, f"{path.name}: {line}"


def test_functions_and_files_stay_small():
    for folder in ("accounts", "config", "journal"):
        for path in modules(folder):
            text = path.read_text()
            assert text.count("\n") <= 350, path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    assert node.end_lineno - node.lineno < 50, (path, node.name)
