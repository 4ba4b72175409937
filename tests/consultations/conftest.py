"""One case, and everybody who might be something to it."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from common import clock
from consultations.actions import replace_contact
from consultations.workflow import Status
from people.models import Post
from tests.factories import people
from tests.factories.consultations import request_at


ROLES = [
    "requester",
    "contact",
    "former_contact",
    "requester_elsewhere",
    "manager",
    "colleague",
    "assigned",
    "stand_in",
    "region",
    "other_region",
    "coordinator",
    "administrator",
    "supervisor",
    "outsider",
]


def _people() -> SimpleNamespace:
    everyone = SimpleNamespace(
        requester=people.worker("Elva vald"),
        contact=people.worker("Elva vald"),
        former_contact=people.worker("Elva vald"),
        requester_elsewhere=people.worker("Elva vald"),
        manager=people.manager("Elva vald"),
        colleague=people.worker("Elva vald"),
        assigned=people.consultant("Elva vald"),
        stand_in=people.consultant("Võru linn"),
        region=people.consultant("Elva vald"),
        other_region=people.consultant("Haapsalu linn"),
        coordinator=people.coordinator(),
        administrator=people.administrator(),
        supervisor=people.supervisor(),
        outsider=people.worker("Haapsalu linn"),
    )
    people.absence(
        everyone.assigned, date(2026, 11, 20), date(2026, 11, 27), stand_in=everyone.stand_in
    )
    return everyone


@pytest.fixture
def everyone(db) -> SimpleNamespace:
    return _people()


@pytest.fixture
def case_at(everyone):
    """Return a function: a state → a case in it, with requester, contact and a former contact.

    `requester_elsewhere` is a contact who has left the municipality since.
    """

    def make(status: str, **fields):
        with clock.at(clock.now() - timedelta(hours=20)):
            case = request_at(
                status,
                requester=everyone.requester,
                consultant=everyone.assigned,
                contacts=[everyone.former_contact, everyone.requester_elsewhere],
                **fields,
            )
            if status == Status.WITHDRAWN:
                # A withdrawn case names nobody new: put the people right by hand.
                case.contacts.filter(user=everyone.former_contact).delete()
                case.contacts.create(user=everyone.contact, starts_on=clock.today())
            else:
                old = case.contacts.get(user=everyone.former_contact)
                replace_contact(old, person=everyone.contact, by=everyone.manager)
        post = Post.objects.get(user=everyone.requester_elsewhere)
        post.ends_on = date(2026, 11, 22)
        post.save()
        return type(case).objects.get(pk=case.pk)

    def rewind() -> None:
        """Let the one who left be back in the municipality, for the next case."""
        Post.objects.filter(user=everyone.requester_elsewhere).update(ends_on=None)

    make.rewind = rewind
    return make
