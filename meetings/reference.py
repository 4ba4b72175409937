"""The rules with which the product starts; the administrator changes them afterwards."""

from meetings.models import ChangeRule


RULES = {"mentorship": (24, 3), "consultation": (24, 3), "network": (48, 3), "supervision": (48, 3)}
"""Kind of meeting → hours of notice, and how often one person may move the same meeting."""


def load() -> None:
    """Make what is missing; what somebody changed stays."""
    for service, (notice_hours, most_moves) in RULES.items():
        ChangeRule.objects.get_or_create(
            service=service, defaults={"notice_hours": notice_hours, "most_moves": most_moves}
        )
