"""What the worker does for supervision. Running twice is harmless."""

import logging
import threading
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock, workdays
from common.refusal import Refused
from people.models import User
from supervision import emails
from supervision.actions import begin_part, expire_offer, fail_proposal, keep_part, offer_place
from supervision.actions.waiting_list import OFFER_DAYS
from supervision.joining import next_in_line
from supervision.models import Audience, Offer, Proposal, Season
from supervision.planner import Unplannable, plan_season
from supervision.workflow import AT_WORK, OfferStatus


logger = logging.getLogger(__name__)


def expire_offers() -> int:
    """Let every offer lapse whose deadline has passed; return how many did."""
    late = Offer.objects.filter(status=OfferStatus.OFFERED, deadline_at__lte=clock.now())
    return sum(expire_offer(offer) for offer in late)


REMIND = timedelta(days=7)
"""How long before a registration window closes those are reminded who have not registered."""


def remind_to_register() -> int:
    """Write once to everybody whom a season is for and who has not registered, in the last week of
    its window; return how many mails that made.
    """
    today = clock.today()
    seasons = Season.objects.filter(
        opened_at__isnull=False,
        ended_at=None,
        registration_opens_on__lte=today,
        registration_closes_on__range=(today, today + REMIND),
    )
    return sum(
        emails.registration_reminder(season, person)
        for season in seasons
        for person in _not_registered(season)
    )


def _not_registered(season: Season) -> QuerySet[User]:
    managers = season.audience == Audience.MANAGERS
    people = User.objects.managers_on if managers else User.objects.workers_on
    known = season.registrations.filter(user=OuterRef("pk"))
    # Who withdrew has said what they want.
    return people(clock.today()).filter(~Exists(known), is_active=True).exclude(email=None)


def offer_next() -> int:
    """Offer free seats to the next in line, in seasons that say so; return how many offers that
    made. The time to answer is two working days.
    """
    seasons = Season.objects.filter(
        opened_at__isnull=False, ended_at=None, offering_by__isnull=False
    )
    return sum(map(_offer_in, seasons.select_related("offering_by")))


def _offer_in(season: Season) -> int:
    made = 0
    try:
        found = list(next_in_line(season))
    except (Refused, ValueError):
        logger.exception("The next in line of a season could not be worked out.")
        return 0
    deadline_at = clock.end_of(workdays.add_working_days(clock.today(), OFFER_DAYS))
    for registration, group in found:
        try:
            offer_place(registration, group, deadline_at=deadline_at, by=season.offering_by)
        except (Refused, PermissionDenied):
            # Taken or changed in this moment, or the coordinator is none any more.
            continue
        made += 1
    return made


# --- planning -------------------------------------------------------------------------------

LOST = timedelta(minutes=3)
"""A part that began longer ago and has not ended is taken up again."""


def plan_part(key: uuid.UUID) -> bool:
    """Look a part longer for a proposal, keep what is found, and ask for the next part.

    Says whether there was anything to do.
    """
    proposal = begin_part(key)
    if proposal is None:
        return False
    seconds = proposal.next_part
    whole = max(1, proposal.seconds)
    try:
        plan = plan_season(
            proposal.instance,
            seconds=seconds,
            seed=proposal.number * 1000 + proposal.spent,
            workers=settings.PLANNER_WORKERS,
            stop=Stopped(proposal.pk),
            start=proposal.plan,
            cooling=(proposal.spent / whole, min(1.0, (proposal.spent + seconds) / whole)),
        )
    except Unplannable as error:
        fail_proposal(proposal, group=error.group)
        return True
    except Exception:
        # Whatever it is, the season must not wait for a search that ends like this each time.
        logger.exception("The planner ended with an error.")
        fail_proposal(proposal)
        return True
    keep_part(proposal, plan=plan, seconds=seconds)
    return True


def plan_waiting() -> int:
    """Take up one proposal whose process died, or whose task was lost; return how many."""
    late = Q(worked_at=None, asked_at__lt=clock.now() - LOST)
    late |= Q(worked_at__lt=clock.now() - LOST)
    # One at a time: a part of the search nearly fills the time of a task.
    late_one = Proposal.objects.filter(late, state__in=AT_WORK).order_by("worked_at").first()
    return int(late_one is not None and plan_part(late_one.pk))


class Stopped:
    """Whether somebody has said that it is good enough. Asks at most once a second, and only in
    the thread that made it: the search's other threads have no connection of their own.
    """

    def __init__(self, key: uuid.UUID) -> None:
        self.key = key
        self.thread = threading.get_ident()
        self.asked_at = 0.0
        self.answer = False

    def __call__(self) -> bool:
        here = threading.get_ident() == self.thread
        if here and not self.answer and time.monotonic() - self.asked_at >= 1:
            self.asked_at = time.monotonic()
            self.answer = Proposal.objects.filter(pk=self.key).exclude(stopped_at=None).exists()
        return self.answer
