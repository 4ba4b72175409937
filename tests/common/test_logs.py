import logging

import pytest
from django.conf import settings

from common.logs import HidePersonalLinks


def logged(message: str, *args: object) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, None)
    assert HidePersonalLinks().filter(record) is True
    return record.getMessage()


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/calendar/guest/WyJhYmMi:1abcDE:qwertyuiop-_asdfgh/", "/calendar/guest/…/"),
        ("/calendar/feed/abcdefghijklmnopqrstuvwxyz.ics", "/calendar/feed/…"),
        ("/accounts/password/reset/key/1-d1abcdefghijklmnopqrstuv/",
         "/accounts/password/reset/key/…/"),
        ("/calendar/meetings/0a1b2c3d-0000-4000-8000-0123456789ab/move/",) * 2,
        ("/supervision/seasons/",) * 2,
    ],
)  # fmt: skip
def test_tokens_in_addresses_are_blanked_and_rows_are_not(path, written):
    assert logged("%s: %s", "Not Found", path) == f"Not Found: {written}"


def test_a_message_without_addresses_is_left_alone():
    assert logged("100 %% of %d", 3) == "100 % of 3"


def test_every_handler_blanks_tokens():
    handlers = settings.LOGGING["handlers"].values()

    assert [handler["filters"] for handler in handlers] == [["personal_links"]]
