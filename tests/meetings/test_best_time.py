"""Which time a poll suggests, against all orders tried by hand."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from common import clock
from meetings.best_time import Tally, best_of
from meetings.models import PollInvitee, PollTime
from tests.factories import meetings


ANSWERS = st.sampled_from(["yes", "maybe", "no", ""])


def tally(day: int, yes: int = 0, maybe: int = 0, no: int = 0, hour: int = 10) -> Tally:
    starts_at, ends_at = meetings.span(day, hour)
    people = [PollInvitee() for _n in range(max(yes, maybe, no))]
    return Tally(
        PollTime(starts_at=starts_at, ends_at=ends_at), people[:yes], people[:maybe], people[:no]
    )


def test_best_time_is_that_which_most_can_come_to():
    few, many = tally(1, yes=3), tally(2, yes=1, maybe=3)

    assert best_of([few, many], None) is many


def test_best_time_among_equals_has_more_yeses_then_is_earlier():
    maybe, yes, later = tally(1, yes=1, maybe=2), tally(2, yes=3), tally(3, yes=3)

    assert best_of([later, maybe, yes], None) is yes


def test_best_time_reaches_the_quorum_or_is_none():
    enough = tally(2, yes=1, maybe=2)

    assert best_of([tally(1, yes=2), enough], 3) is enough
    assert best_of([tally(1, yes=2), enough], 4) is None
    assert best_of([tally(1, no=5)], None) is None
    assert best_of([], None) is None


def test_best_time_is_still_to_come():
    first, second = tally(1, yes=5), tally(2, yes=1)

    with clock.at(first.time.starts_at):
        assert best_of([first, second], None) is second
    with clock.at(first.time.starts_at - timedelta(seconds=1)):
        assert best_of([first, second], None) is first


@given(
    st.lists(st.lists(ANSWERS, min_size=4, max_size=4), min_size=1, max_size=12),
    st.one_of(st.none(), st.integers(1, 5)),
    st.integers(0, 12),
)
def test_best_time_beats_every_other_by_the_rule(columns, quorum, passed):
    tallies = [
        tally(n + 1, yes=column.count("yes"), maybe=column.count("maybe"), no=column.count("no"))
        for n, column in enumerate(columns)
    ]

    with clock.at(meetings.span(passed)[0]):
        best = best_of(reversed(tallies), quorum)

    # By brute force: go down from everybody, and take the first that answers the rule.
    expected = None
    for can in range(4, max(quorum or 1, 1) - 1, -1):
        for yes in range(can, -1, -1):
            for n, column in enumerate(columns):
                comes = column.count("yes") + column.count("maybe")
                if (
                    expected is None
                    and n + 1 > passed
                    and (comes, column.count("yes"))
                    == (
                        can,
                        yes,
                    )
                ):
                    expected = tallies[n]
    assert best is expected
