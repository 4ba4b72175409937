"""What the worker does for mentorships. Running twice is harmless."""

from datetime import timedelta

from common import clock
from mentorship import emails
from mentorship.models import FOLLOW_UP_AFTER, SILENT, Plan
from mentorship.workflow import PlanStatus


ASKED_FOR = timedelta(days=60)
"""How long after its day a follow-up question is still asked."""


def nudge_silent_plans() -> int:
    """Write to both of each pair that has not met for long, once for each silence; return how
    many mails that made.
    """
    plans = Plan.objects.silent_for(SILENT).select_related("worker", "mentor", "municipality")
    return sum(emails.plan_silent(plan) for plan in plans.defer("summary"))


def ask_follow_ups() -> int:
    """Ask the workers of mentorships that ended three months ago, each once; return how many
    mails that made. One that was missed for long is not asked after any more.
    """
    now = clock.now()
    plans = Plan.objects.filter(
        status=PlanStatus.ENDED,
        started_at__isnull=False,
        ended_at__range=(now - FOLLOW_UP_AFTER - ASKED_FOR, now - FOLLOW_UP_AFTER),
        follow_up__isnull=True,
        worker__is_active=True,
    )
    return sum(emails.follow_up_asked(plan) for plan in plans.select_related("worker"))
