"""Everything that has a date, who is asked to come, and what their calendars are told."""

from meetings.models.availability import BookingRules, OpeningException, OpeningHours
from meetings.models.busy import BusyCalendar, BusyTime
from meetings.models.calendar_tests import CalendarTest
from meetings.models.feeds import Feed
from meetings.models.meetings import FEED_CANCELLED, FEED_PAST, Change, Invitee, Meeting
from meetings.models.polls import MOST_TIMES, Poll, PollAnswer, PollInvitee, PollTime
from meetings.models.replies import IncomingMail, Proposal
from meetings.models.rooms import Room
from meetings.models.rules import ChangeRule
from meetings.models.ways import CalendarWay


__all__ = [
    "FEED_CANCELLED",
    "FEED_PAST",
    "BookingRules",
    "CalendarTest",
    "CalendarWay",
    "Change",
    "ChangeRule",
    "Feed",
    "Invitee",
    "Meeting",
    "OpeningException",
    "OpeningHours",
    "MOST_TIMES",
    "Poll",
    "PollAnswer",
    "PollInvitee",
    "PollTime",
    "IncomingMail",
    "Proposal",
    "Room",
    "BusyCalendar",
    "BusyTime",
]
