"""Every text that a patient may read, out of the protocol, the templates and the code, to see how hard it reads."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from journal.recovery import contents
from journal.recovery.protocol import Protocol
from journal.recovery.reading import grade, is_label
from journal.recovery.scale import AREAS, QUESTION_LABELS, SIGNS, WORDS

TEMPLATES = (
    "templates/journal/*.html",
    "templates/welcome/*.html",
    "templates/account/*.html",
    "templates/[_b4]*.html",
)
FOR_STAFF = {
    *("_for_staff.html", "_nav_staff.html", "staff_forms.py", "care_forms.py", "plan_forms.py", "admin.py"),
    *("protocol_admin.py", "notices.py", "protocols.py", "approval.py", "candidacy.py", "care_knowledge.py"),
    *("clinic_care.py", "inbox.py", "knowledge.py", "patients.py", "spacing.py", "treatments.py", "visit.py"),
}
CODE = ("journal/*.py", "journal/views/*.py", "journal/actions/*.py", "accounts/*.py")
OF_CORE = ("journal/recovery/wording.py", "journal/recovery/stretches.py")  # marked there, translated elsewhere
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext"}
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b[^%]*%}(.*?){%\s*endblocktrans(?:late)?\s*%}", re.DOTALL)
TAG = re.compile(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""")
PLURAL = re.compile(r"{%\s*plural\s*%}")
MARKUP = re.compile(r"<[^>]*>")
BLANK = re.compile(r"{{.*?}}|%\(\w+\)[sd]|{\w+}")  # `grade` reads {x} as one short word


@dataclass(frozen=True, slots=True)
class Text:
    """`place` is a file, or a row of the protocol."""

    place: str
    words: str

    @property
    def grade(self) -> float:
        return grade(self.words)

    @property
    def is_label(self) -> bool:
        return is_label(self.words)


def texts(protocol: Protocol) -> list[Text]:
    """Each once, in the order of places; labels too."""
    found = [*of_protocol(protocol), *of_scale(), *of_templates(), *of_code()]
    plain = [Text(one.place, " ".join(BLANK.sub("{x}", MARKUP.sub(" ", one.words)).split())) for one in found]
    return list({one.words: one for one in reversed(plain)}.values())[::-1]


def of_protocol(protocol: Protocol) -> Iterator[Text]:
    return (Text(one.name, one.words) for one in contents.patient_texts(protocol))


def of_scale() -> Iterator[Text]:
    """What the questions of the log ask and answer; risk factors are the clinic's words."""
    signs = (sign.label for sign in SIGNS.values())
    for words in (*QUESTION_LABELS.values(), *WORDS, *signs, *AREAS.values()):
        yield Text("journal/recovery/scale.py", words)


def of_templates() -> Iterator[Text]:
    for path in _files(*TEMPLATES):
        written = path.read_text("utf-8")
        blocks = [part for block in BLOCK.findall(written) for part in PLURAL.split(block)]
        tags = [one or other for one, other in TAG.findall(written)]
        yield from (Text(_name(path), words) for words in (*blocks, *tags))


def of_code() -> Iterator[Text]:
    for path in _files(*CODE, *OF_CORE):
        calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        yield from (Text(_name(path), words) for call in calls for words in _translated(call))


def _files(*patterns: str) -> Iterator[Path]:
    found = (path for pattern in patterns for path in sorted(settings.BASE_DIR.glob(pattern)))
    return (path for path in found if path.name not in FOR_STAFF)


def _name(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def _translated(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id in GETTEXT:
        said = (argument.value for argument in call.args if isinstance(argument, ast.Constant))
        yield from (words for words in said if isinstance(words, str))
