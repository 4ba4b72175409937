"""Keeping secret addresses out of the logs."""

import logging
import re


# A long part of an address is a token (feeds, guests, invitations, password resets)
# unless it is a row's UUID.
_PART = re.compile(r"(?<=/)[\w:.~%+=-]{20,}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class HidePersonalLinks(logging.Filter):
    """Blanks tokens in addresses: who reads a log must not be able to act as a guest.

    Django logs the path of everything that it answers with 400 or more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = _PART.sub(lambda part: part[0] if _UUID.fullmatch(part[0]) else "…", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True
