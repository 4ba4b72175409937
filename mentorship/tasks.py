"""What the worker does for mentorships. Running twice is harmless."""

from mentorship import emails
from mentorship.models import SILENT, Plan, asked_what_stayed


def nudge_silent_plans() -> int:
    """Write to both of each pair that has not met for long, once for each silence; return how
    many mails that made.
    """
    plans = Plan.objects.silent_for(SILENT).select_related("worker", "mentor", "municipality")
    return sum(emails.plan_silent(plan) for plan in plans.without_words())


def ask_follow_ups() -> int:
    """Ask the workers of mentorships that ended three months ago, each once; return how many
    mails that made. One that was missed for long is not asked after any more.
    """
    plans = Plan.objects.filter(asked_what_stayed(), worker__is_active=True)
    return sum(emails.follow_up_asked(plan) for plan in plans.select_related("worker"))
