"""Reads a calendar from standard input with Debian's libical (the C library of Evolution and
KDE), checks it by libical's own rules, and writes its events as JSON.

A process of its own: a fault in a C library ends only this.
"""

import ctypes
import json
import sys


class Time(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


def main() -> None:
    lib = ctypes.CDLL("libical.so.3")
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, answer, arguments in (
        ("icalparser_parse_string", pointer, [text]),
        ("icalcomponent_get_first_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_next_component", pointer, [pointer, ctypes.c_int]),
        ("icalcomponent_get_dtstart", Time, [pointer]),
        ("icalcomponent_get_dtend", Time, [pointer]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [Time, pointer]),
        ("icalcomponent_get_uid", text, [pointer]),
        ("icalcomponent_get_summary", text, [pointer]),
        ("icalcomponent_get_location", text, [pointer]),
        ("icalcomponent_get_sequence", ctypes.c_int, [pointer]),
        ("icalcomponent_get_status", ctypes.c_int, [pointer]),
        ("icalproperty_status_to_string", text, [ctypes.c_int]),
        ("icalcomponent_count_errors", ctypes.c_int, [pointer]),
        ("icalcomponent_string_to_kind", ctypes.c_int, [text]),
        ("icalrestriction_check", ctypes.c_int, [pointer]),
    ):
        function = getattr(lib, name)
        function.restype, function.argtypes = answer, arguments

    calendar = lib.icalparser_parse_string(sys.stdin.buffer.read())
    kind = lib.icalcomponent_string_to_kind(b"VEVENT")
    events = []
    component = lib.icalcomponent_get_first_component(calendar, kind)
    while component:
        begins = lib.icalcomponent_get_dtstart(component)
        ends = lib.icalcomponent_get_dtend(component)
        events.append(
            {
                "uid": lib.icalcomponent_get_uid(component).decode(),
                "begins": lib.icaltime_as_timet_with_zone(begins, begins.zone),
                "ends": lib.icaltime_as_timet_with_zone(ends, ends.zone),
                "status": lib.icalproperty_status_to_string(
                    lib.icalcomponent_get_status(component)
                ).decode(),
                "sequence": lib.icalcomponent_get_sequence(component),
                "title": lib.icalcomponent_get_summary(component).decode(),
                "place": (lib.icalcomponent_get_location(component) or b"").decode(),
            }
        )
        component = lib.icalcomponent_get_next_component(calendar, kind)
    # What RFC 5546 asks of each METHOD; faults are counted as errors of the component.
    lib.icalrestriction_check(calendar)
    if errors := lib.icalcomponent_count_errors(calendar):
        sys.exit(f"libical finds {errors} errors")
    json.dump(events, sys.stdout)


if __name__ == "__main__":
    main()
