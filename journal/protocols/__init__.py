"""The protocols that come with the journal, one document for each version. A published one never changes.

`cases/` is the case bank that they are tried on.
"""

from functools import lru_cache
from importlib.resources import files

from journal.recovery import cases, protocol_reader
from journal.recovery.document import parse
from journal.recovery.protocol import Protocol

CURRENT = "microneedling-1"


class UnknownVersion(KeyError):
    """No protocol of this version is shipped."""

    def __str__(self) -> str:
        return f"there is no protocol {self.args[0]!r}"


@lru_cache
def load(version: str) -> Protocol:
    """A shipped protocol by its version. Raises UnknownVersion."""
    return protocol_reader.read(parse(text_of(version)))


@lru_cache
def text_of(version: str) -> str:
    """The document of a shipped protocol. Raises UnknownVersion."""
    # Looked up among the names that are there, so that no version leads out of this folder.
    for file in files(__name__).iterdir():
        if file.name == f"{version}.json":
            return file.read_text("utf-8")
    raise UnknownVersion(version)


def case_bank() -> list[cases.Case]:
    """All shipped cases, by family and in the order in which they are written. Raises Unreadable."""
    shipped = sorted(
        (file for file in files(__name__).joinpath("cases").iterdir() if file.name.endswith(".txt")),
        key=lambda file: file.name,
    )
    return [case for file in shipped for case in cases.read(file.read_text("utf-8"), file.name.removesuffix(".txt"))]
