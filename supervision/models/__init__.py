"""Supervision in groups and of networks: a season's registrations, groups and sessions."""

from supervision.models.feedback import FeedbackMark, SessionFeedback
from supervision.models.groups import Group, GroupQuerySet, Membership, Offer
from supervision.models.guests import GuestSeat
from supervision.models.network import NetworkSupervision
from supervision.models.planning import KeptApart, Proposal, Round, SeasonSupervisor
from supervision.models.promises import Promise
from supervision.models.registrations import Registration
from supervision.models.seasons import Audience, Season
from supervision.models.sessions import SESSIONS, Attendance, Session
from supervision.models.wishes import WEEKDAYS, Continuing, Form, Hours, Language


__all__ = [
    "FeedbackMark",
    "SessionFeedback",
    "Group",
    "GroupQuerySet",
    "Membership",
    "Offer",
    "GuestSeat",
    "NetworkSupervision",
    "KeptApart",
    "Promise",
    "Proposal",
    "Round",
    "SeasonSupervisor",
    "Registration",
    "Audience",
    "Season",
    "SESSIONS",
    "Attendance",
    "Session",
    "WEEKDAYS",
    "Continuing",
    "Form",
    "Hours",
    "Language",
]
