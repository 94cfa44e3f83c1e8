"""How somebody is found: what stands in a name or number, as keys that every database sorts alike, byte by byte."""

import re
import unicodedata
from collections.abc import Iterator

ENDING = 8  # digits that tell one phone number from another, with or without its country
LONGEST = 250  # bytes of a key: an index takes no endless ones
NUMBER = b"#"  # begins the keys of phone numbers, and of no name
# Letters that no decomposition makes plain.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
IDEOGRAPH = re.compile("(?=[\u3400-\u9fff])")  # each may begin a word, because no space says where one does


def keys_of(name: str, phone: str) -> set[bytes]:
    """What a patient is found by: each beginning of a word with the whole name after it, and the number from its end.

    A word begins after a space or a mark, so "Anne-Marie O'Brien" has `annemarie`, `marie`, `obrien` and `brien`. The
    name after it sorts those who share a word.
    """
    words = [_pieces(word) for word in name.split()]
    whole = " ".join("".join(pieces) for pieces in words)
    begun = ("".join(pieces[start:]) for pieces in words for start in range(len(pieces)))
    keys = {_key(f"{word} {whole}") for word in begun}
    return keys | {NUMBER + _backwards(phone)} if _backwards(phone) else keys


def keys_sought(words: str) -> list[bytes]:
    """The beginnings of keys that all have to be there, the longest word first; none where nothing can be sought.

    Whatever has a letter in it is a word of the name. The digits of all else are the end of one phone number.
    """
    named = [word for word in words.split() if any(map(str.isalpha, word))]
    typed = {_key("".join(_pieces(word))) for word in named} - {b""}
    number = _backwards("".join(word for word in words.split() if word not in named))[:ENDING]
    longest_first = sorted(typed, key=lambda key: (-len(key), key))
    return [NUMBER + number, *longest_first] if number else longest_first


def _key(text: str) -> bytes:
    return text.encode()[:LONGEST]


def _backwards(number: str) -> bytes:
    return "".join(str(int(digit)) for digit in reversed(number) if digit.isdecimal()).encode()


def _pieces(word: str) -> list[str]:
    """A word in plain small letters, cut where a part of it begins."""
    return [piece for part in "".join(_letters(word)).split() for piece in IDEOGRAPH.split(part) if piece]


def _letters(word: str) -> Iterator[str]:
    """Without accents; what is neither letter, digit nor vowel sign becomes a space."""
    for character in unicodedata.normalize("NFKD", word.casefold()).translate(PLAIN):
        if unicodedata.combining(character) == 0:
            yield character if unicodedata.category(character)[0] in "LMN" else " "
