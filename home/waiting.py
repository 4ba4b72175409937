"""Everything that waits for a person, from all stories, most urgent first."""

from datetime import date

from common.waiting import WaitingItem
from consultations.waiting import waiting_for as consultations_waiting_for
from meetings.waiting import handovers_waiting
from meetings.waiting import waiting_for as meetings_waiting_for
from mentorship.waiting import waiting_for as mentorship_waiting_for
from people.models import User
from supervision.waiting import waiting_for as supervision_waiting_for


def everything_waiting(user: User, day: date) -> list[WaitingItem]:
    """Merge what the three stories and the meetings say waits for `user` on `day`."""
    items = [
        *consultations_waiting_for(user, day),
        *mentorship_waiting_for(user, day),
        *supervision_waiting_for(user, day),
        *meetings_waiting_for(user, day),
        *handovers_waiting(user, day),
    ]
    return sorted(items, key=WaitingItem.order)
