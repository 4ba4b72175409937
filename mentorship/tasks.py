"""What the worker does for mentorships. Running twice is harmless."""

from common import clock
from mentorship import emails
from mentorship.models import SILENT, Plan, asked_what_stayed
from people.models import User


def nudge_silent_plans() -> int:
    """Write to both of each pair that has not met for long, once for each silence; return how
    many mails that made.
    """
    plans = Plan.objects.silent_for(SILENT).select_related("worker", "mentor", "municipality")
    return sum(emails.plan_silent(plan) for plan in plans.without_words())


def ask_follow_ups() -> int:
    """Ask the workers of mentorships that ended three months ago, each once; return how many
    mails that made. One that was missed for long is not asked after any more, nor is who has left
    child protection: the question is how much of it is of use in the work.
    """
    workers = User.objects.workers_on(clock.today()).filter(is_active=True)
    plans = Plan.objects.filter(asked_what_stayed(), worker__in=workers)
    return sum(emails.follow_up_asked(plan) for plan in plans.select_related("worker"))
