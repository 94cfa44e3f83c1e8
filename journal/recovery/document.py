"""JSON that people wrote, read with a complaint for each thing that is wrong, and where it stands."""

import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

SHOWN_COMPLAINTS = 20  # in an error's own words
MOST_COMPLAINTS = 200


class Unreadable(ValueError):
    """A document that cannot be used; `complaints` are plain sentences, each naming its place."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints[:SHOWN_COMPLAINTS]) + self._rest())

    def _rest(self) -> str:
        left = len(self.complaints) - SHOWN_COMPLAINTS
        return f"\nand {left} more" if left > 0 else ""


class _Doubled(dict[str, Any]):
    """An object with a key written twice: JSON keeps the last one, we ask."""

    keys_doubled: list[str]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    doubled = _Doubled(plain)
    times = Counter(name for name, _ in pairs)
    doubled.keys_doubled = [name for name in plain if times[name] > 1]
    return doubled


def parse(text: bytes | str) -> Any:
    """What JSON text stands for. Raises Unreadable; `Spot.keys` complains of keys written twice."""
    try:
        return json.loads(text.decode("utf-8-sig") if isinstance(text, bytes) else text, object_pairs_hook=_object)
    except UnicodeDecodeError:
        raise Unreadable(["not text in UTF-8"]) from None
    except json.JSONDecodeError as wrong:
        raise Unreadable([f"not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}"]) from None
    except ValueError:
        raise Unreadable(["not JSON that can be read: a number has too many digits"]) from None
    except RecursionError:
        raise Unreadable(["not JSON that can be read: lists or objects nested too deeply"]) from None


def quoted(text: object) -> str:
    """As JSON would write it, in ASCII and cut short, so that it can be shown anywhere."""
    if isinstance(text, (dict, list)):
        return "a list or object"
    written = json.dumps(text)
    return written if len(written) <= 60 else written[:57] + "..."


class Spot:
    """One value of a document and its place. Asked for a kind of value, it gives that or adds a complaint.

    After a complaint a stand-in is returned, so that one reading finds all that is wrong; who started the
    reading calls `settle` before anything is made of it.
    """

    __slots__ = ("complaints", "place", "value")

    def __init__(self, value: Any, place: str, complaints: list[str] | None = None) -> None:
        self.value, self.place = value, place
        self.complaints: list[str] = [] if complaints is None else complaints

    def settle(self) -> None:
        """Raises Unreadable if anything was wrong."""
        if self.complaints:
            raise Unreadable(self.complaints)

    def complain(self, text: str) -> None:
        """Only so often: nobody reads a thousand. Half of a character would keep all of them from being shown."""
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(f"{self.place}: {text}".encode("utf-8", "backslashreplace").decode())

    def within(self, step: str, value: Any) -> "Spot":
        return Spot(value, f"{self.place}{step}", self.complaints)

    def keys(self, known: Collection[str]) -> bool:
        """Whether this is an object. Complains if not, of unknown keys and of those written twice."""
        if not isinstance(self.value, dict):
            self.complain("must be an object")
            return False
        for key in getattr(self.value, "keys_doubled", ()):
            self.complain(f"{quoted(key)} is written twice")
        for key in sorted(self.value.keys() - set(known)):
            self.complain(f"does not know {quoted(key)}")
        return True

    def __getitem__(self, key: str) -> "Spot":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return self.within(f".{key}", value)

    def has(self, key: str) -> bool:
        """Whether an object says something under `key`: null says nothing."""
        return self[key].value is not None

    def rows(self) -> list["Spot"]:
        if not isinstance(self.value, list):
            self.complain("must be a list")
            return []
        return [self.within(f"[{at}]", value) for at, value in enumerate(self.value)]

    def text(self, limit: int = 2000) -> str:
        if isinstance(self.value, str) and self.value.strip() and len(self.value) <= limit:
            if any(unicodedata.category(character)[0] == "C" for character in self.value):
                self.complain("holds a character that cannot be seen")
            return self.value
        self.complain(f"must be text of 1 to {limit} characters")
        return ""

    def whole(self, low: int, high: int) -> int:
        if type(self.value) is int and low <= self.value <= high:
            return self.value
        self.complain(f"must be a whole number from {low} to {high}")
        return low

    def number(self, low: float, high: float) -> float:
        if type(self.value) in (int, float) and low <= self.value <= high:  # never true of NaN
            return float(self.value)
        self.complain(f"must be a number from {low:g} to {high:g}")
        return low

    def flag(self) -> bool:
        """Null and what is not there are false."""
        if self.value is None or isinstance(self.value, bool):
            return bool(self.value)
        self.complain("must be true or false")
        return False

    def choice(self, known: Collection[str], kind: str) -> str:
        if isinstance(self.value, str) and self.value in known:
            return self.value
        self.complain(f"{quoted(self.value)} is not a known {kind}")
        return next(iter(known), "")

    def choices(self, known: Collection[str], kind: str) -> tuple[str, ...]:
        """Null and what is not there are an empty list."""
        return () if self.value is None else tuple(row.choice(known, kind) for row in self.rows())
