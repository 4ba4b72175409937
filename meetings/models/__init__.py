"""Everything that has a date, who is asked to come, and what their calendars are told."""

from meetings.models.feeds import Feed
from meetings.models.meetings import FEED_CANCELLED, FEED_PAST, Change, Invitee, Meeting
from meetings.models.ways import CalendarWay


__all__ = ["FEED_CANCELLED", "FEED_PAST", "CalendarWay", "Change", "Feed", "Invitee", "Meeting"]
