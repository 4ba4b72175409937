"""What waits for a person, as the desk shows it; each story fills its own."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class WaitingItem:
    """One thing that this person should do.

    `verb` is an imperative ("Answer the request"); `about` names who and where,
    without a sensitive word; `due` is the last day (Tallinn), or None; `late`
    and `urgent` order the list; `tag` is one or two words with the component
    kind `tag_kind` (ok, info, warn, bad, neutral); `room` is the navigation key
    of the story that it counts for.
    """

    verb: str | Promise
    about: str
    url: str
    room: str
    icon: str
    due: date | None = None
    urgent: bool = False
    tag: str | Promise = ""
    tag_kind: str = "info"

    def late(self, today: date) -> bool:
        return self.due is not None and self.due < today

    def order(self) -> tuple:
        """Urgent first, then the nearest deadline, then those without one."""
        return (not self.urgent, self.due or date.max, str(self.verb), self.about)
