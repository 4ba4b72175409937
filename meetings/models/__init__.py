"""Everything that has a date, who is asked to come, and what their calendars are told."""

from meetings.models.feeds import Feed
from meetings.models.meetings import FEED_CANCELLED, FEED_PAST, Change, Invitee, Meeting


__all__ = ["FEED_CANCELLED", "FEED_PAST", "Change", "Feed", "Invitee", "Meeting"]
