"""Keys of rows that are numbers, as a form names them."""

LONGEST = 18  # digits; no row of ours has a longer one, and a database refuses what it cannot hold


def key_in(said: str) -> int | None:
    """The key that was sent; None where no row can have it."""
    return int(said) if said.isdecimal() and len(said) <= LONGEST else None
