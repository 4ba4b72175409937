"""What the worker does for mentorships. Running twice is harmless."""

from mentorship import emails
from mentorship.models import SILENT, Plan


def nudge_silent_plans() -> int:
    """Write to both of each pair that has not met for long, once for each silence; return how
    many mails that made.
    """
    plans = Plan.objects.silent_for(SILENT).select_related("worker", "mentor", "municipality")
    return sum(emails.plan_silent(plan) for plan in plans.defer("summary"))
