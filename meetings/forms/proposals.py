from typing import Any

from common import clock
from common.forms import ActionForm, WhenMixin
from meetings.models import Meeting


class ProposalForm(WhenMixin, ActionForm):
    """Another time for a meeting; shows the one it has now."""

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        starts_at = meeting.starts_at.astimezone(clock.TALLINN)
        now = {
            "day": starts_at.date(),
            "begins": starts_at.time(),
            "ends": meeting.ends_at.astimezone(clock.TALLINN).time(),
        }
        super().__init__(*args, initial=now, **kwargs)

    @staticmethod
    def times(data: dict) -> dict:
        """Pick what `meetings.actions.make_proposal` takes from the cleaned data."""
        return {name: data[name] for name in ("starts_at", "ends_at")}
