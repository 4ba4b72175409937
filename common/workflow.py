"""The shape of a workflow table; each story fills in its own."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from common.refusal import Refused


@dataclass(frozen=True)
class Workflow:
    """States, what may follow what, and whose turn it is in each state.

    `transitions` and `waiting_on` name every state exactly once; `waiting_on`
    holds a party's key, or None where nobody is waited for.
    """

    states: type[TextChoices]
    transitions: Mapping[str, Set[str]]
    waiting_on: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everything = set(self.states)
        if set(self.transitions) != everything:
            raise ValueError(f"{self.states.__name__}: transitions must name each state once")
        if self.waiting_on and set(self.waiting_on) != everything:
            raise ValueError(f"{self.states.__name__}: waiting_on must name each state once")

    def allows(self, before: str, after: str) -> bool:
        return after in self.transitions[before]

    def check(self, before: str, after: str) -> None:
        """Raise Refused when `after` may not follow `before`."""
        if not self.allows(before, after):
            raise Refused(
                _(
                    "This is no longer possible: somebody has changed it meanwhile. "
                    "Its state is now “%(state)s”."
                )
                % {"state": self.states(before).label}
            )
