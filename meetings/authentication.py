"""What our own mail server found out about a mail's sender (RFC 8601)."""

import re
from collections.abc import Iterable


MOST = 10_000
"""Longest header that is looked at, in characters."""

_RESULT = re.compile(r"\s*([\w-]+)\s*(?:/\s*\d+\s*)?=\s*([\w-]+)")
_PROPERTY = re.compile(r"([\w-]+)\s*\.\s*([\w-]+)\s*=\s*(\S+)")
_TELLING = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}
"""Which property of a method names the domain that was proven."""


def is_proven(headers: Iterable[str], *, domain: str, server: str) -> bool:
    """Say whether `server` vouches for a mail from `domain`.

    `headers` are the values of `Authentication-Results` from the top down. Only the topmost
    of our own server counts: any sender can write such a header, but ours stands above it.
    One passing result of DMARC, DKIM or SPF for the domain, or for one above it, is enough.
    """
    for header in headers:
        if len(header) > MOST:
            return False
        segments = _segments(header)
        words = segments[0].split()
        if words and words[0].lower() == server.lower():
            return any(_passes(segment, domain.lower()) for segment in segments[1:])
    return False


def _passes(segment: str, domain: str) -> bool:
    result = _RESULT.match(segment)
    if result is None or result[2].lower() != "pass":
        return False
    telling = _TELLING.get(result[1].lower(), ())
    for kind, name, value in _PROPERTY.findall(segment):
        if f"{kind}.{name}".lower() in telling:
            proven = value.rpartition("@")[2].strip("<>").rstrip(".").lower()
            if _covers(proven, domain):
                return True
    return False


def _covers(proven: str, domain: str) -> bool:
    """A signature of example.org also speaks for post.example.org; one of "org" for nobody."""
    return proven == domain or ("." in proven and domain.endswith(f".{proven}"))


def _segments(header: str) -> list[str]:
    """Split at the semicolons outside comments and quotes, whose contents are left out.

    Servers put there what the sender wrote: `smtp.mailfrom="x smtp.mailfrom=you"@me`.
    """
    segments, kept, depth, quoted, escaped = [], [], 0, False, False
    for letter in header:
        if escaped:
            escaped = False
        elif letter == "\\" and (depth or quoted):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
            kept.append(letter)
        elif quoted:
            continue
        elif letter == "(":
            depth += 1
            kept.append(" ")
        elif letter == ")" and depth:
            depth -= 1
        elif depth:
            continue
        elif letter == ";":
            segments.append("".join(kept))
            kept = []
        else:
            kept.append(letter)
    return [*segments, "".join(kept)]
