"""Estonian order of words, and folding for search."""

import unicodedata


COLLATION = "estonian"
"""Name of the Estonian collation: on PostgreSQL made from et-x-icu, on SQLite by us."""

_ALPHABET = "abcdefghijklmnopqrsšzžtuvwõäöüxy"
_ORDER = {letter: place for place, letter in enumerate(_ALPHABET, start=100)}


def sort_key(text: str) -> tuple:
    """Return a key that sorts after the Estonian alphabet (s š z ž t … õ ä ö ü x y)."""
    letters = []
    for letter in text.casefold():
        if letter not in _ORDER:
            base = unicodedata.normalize("NFD", letter)[0]
            letters.append(_ORDER.get(base, ord(base) if ord(base) < 100 else 1000 + ord(base)))
        else:
            letters.append(_ORDER[letter])
    return (letters, text)


def collate(left: str, right: str) -> int:
    """Compare two texts in Estonian order: -1, 0 or 1."""
    first, second = sort_key(left), sort_key(right)
    return (first > second) - (first < second)


def fold(text: str) -> str:
    """Return the text for forgiving search: õ finds o, š finds s, case is ignored."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
