"""The protocols that come with the journal, one document for each version. A published one never changes."""

from functools import lru_cache
from importlib.resources import files

from journal.recovery import protocol
from journal.recovery.document import parse

CURRENT = "microneedling-1"


class UnknownVersion(KeyError):
    """No protocol of this version is shipped."""

    def __str__(self) -> str:
        return f"there is no protocol {self.args[0]!r}"


@lru_cache
def load(version: str) -> protocol.Protocol:
    """A shipped protocol by its version. Raises UnknownVersion."""
    # Looked up among the names that are there, so that no version leads out of this folder.
    for file in files(__name__).iterdir():
        if file.name == f"{version}.json":
            return protocol.read(parse(file.read_bytes()))
    raise UnknownVersion(version)
