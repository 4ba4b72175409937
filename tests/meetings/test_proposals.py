"""Another time for a meeting: proposed on the web, taken or declined by whoever may move it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from common.refusal import Refused
from home.waiting import everything_waiting
from journal.models import Entry
from meetings.actions import (
    add_person,
    cancel_meeting,
    decline_proposal,
    make_proposal,
    move_meeting,
    remove_invitee,
    take_proposal,
)
from meetings.emails import meeting_invitations
from meetings.guests import guest_url
from meetings.models import Change, Invitee, Meeting, Proposal
from meetings.waiting import waiting_for
from outbox.models import Message
from people.models import User
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TYPED = {"day": "26.11.2026", "begins": "13.00", "ends": "14.00"}


@pytest.fixture
def organiser() -> User:
    return people.consultant()


@pytest.fixture
def worker() -> User:
    return people.worker()


@pytest.fixture
def meeting(organiser, worker) -> Meeting:
    return meetings.meeting(worker, organiser=organiser, guests=(meetings.GUEST,))


def page(name: str, row: Meeting | Proposal) -> str:
    return reverse(f"meetings:{name}", args=[row.pk])


def guest_page(meeting: Meeting) -> str:
    return urlsplit(guest_url(meetings.guest_of(meeting))).path + "propose/"


def mails(kind: str) -> list[str]:
    return list(Message.objects.filter(kind=f"meetings.{kind}").values_list("address", flat=True))


def statuses() -> list[str]:
    return list(Proposal.objects.order_by("made_at", "starts_at").values_list("status", flat=True))


# --- made -----------------------------------------------------------------------------------


def test_proposal_make_shows_the_present_time_and_tells_the_organiser(
    client_of, meeting, worker, organiser
):
    client = client_of(worker)
    shown = client.get(page("proposal-make", meeting))
    assert shown.context["form"]["day"].value().isoformat() == "2026-11-24"

    response = client.post(page("proposal-make", meeting), TYPED)

    assert response["Location"] == meeting.get_absolute_url()
    [proposal] = Proposal.objects.all()
    assert (proposal.meeting, proposal.invitee.user) == (meeting, worker)
    assert proposal.starts_at == clock.tallinn(meeting.starts_at.date() + 2 * DAY).replace(hour=13)
    assert proposal.ends_at - proposal.starts_at == timedelta(hours=1)
    assert (proposal.status, proposal.sequence, proposal.made_at) == ("open", 0, clock.now())
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.proposal_made", worker)
    assert mails("proposal_made") == [organiser.email]


def test_proposal_make_by_a_guest(client, meeting, organiser):
    address = guest_page(meeting)
    shown = client.get(address)
    response = client.post(address, TYPED, follow=True)

    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in shown["Cache-Control"]
    assert response.redirect_chain == [(address.removesuffix("propose/"), 302)]
    assert "26.11.2026 kl 13.00–14.00" in response.content.decode()
    [proposal] = Proposal.objects.all()
    assert proposal.invitee == meetings.guest_of(meeting)
    [entry] = Entry.objects.about(meeting)
    assert (entry.kind, entry.actor) == ("meetings.proposal_made", None)
    assert mails("proposal_made") == [organiser.email]


def test_proposal_make_with_a_forged_link_is_404(client, meeting):
    address = guest_page(meeting).replace(":", "x", 1)

    assert client.get(address).status_code == 404
    assert client.post(address, TYPED).status_code == 404
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"day": "22.11.2026"}, "day"),
        ({"day": "32.11.2026"}, "day"),
        ({"begins": ""}, "begins"),
        ({"ends": "12.00"}, "ends"),
        ({"day": "23.11.2026", "begins": "9.00", "ends": "9.30"}, "begins"),
        ({"day": "24.11.2026", "begins": "10.00", "ends": "11.00"}, "day"),
    ],
)
def test_proposal_make_of_no_time_is_refused_at_its_field(client_of, meeting, worker, typed, field):
    response = client_of(worker).post(page("proposal-make", meeting), TYPED | typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["ends"].value() == (TYPED | typed)["ends"]
    assert not Proposal.objects.exists()
    assert not Entry.objects.about(meeting).exists()


def test_proposal_make_that_is_newer_replaces_the_open_one(meeting, worker):
    first = meetings.proposal(meeting, worker, days=1)
    same = meetings.proposal(meeting, worker, days=1)
    with clock.at(clock.now() + timedelta(minutes=1)):
        meetings.proposal(meeting, None, days=1)
        meetings.proposal(meeting, worker, days=2)

    assert first == same
    own = Proposal.objects.filter(invitee__user=worker).order_by("starts_at")
    assert [each.status for each in own] == ["replaced", "open"]
    assert Proposal.objects.open().count() == 2
    assert Entry.objects.about(meeting).count() == 3


def test_proposal_make_for_somebody_else_is_denied(meeting, worker, organiser):
    times = {"starts_at": meeting.starts_at + DAY, "ends_at": meeting.ends_at + DAY}
    for who, by in ((worker, organiser), (worker, None), (None, worker)):
        with pytest.raises(PermissionDenied):
            make_proposal(meeting.invitees.get(user=who), **times, by=by)
    assert not Proposal.objects.exists()


def test_proposal_make_by_strangers_is_not_there(client_of, client, meeting):
    for stranger in (people.worker(), people.coordinator(), people.administrator()):
        for send in (client_of(stranger).get, client_of(stranger).post):
            assert send(page("proposal-make", meeting)).status_code == 404


@pytest.mark.parametrize("end", ["cancelled", "over", "taken off"])
def test_proposal_make_after_the_end_is_refused(client_of, client, meeting, worker, organiser, end):
    now = clock.now()
    invitee = Invitee.objects.get(meeting=meeting, user=worker)
    if end == "cancelled":
        cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)
    elif end == "over":
        now = meeting.ends_at
    else:
        remove_invitee(Invitee.objects.get(pk=invitee.pk), by=organiser)

    with clock.process_at(now):
        if end != "taken off":
            address = page("proposal-make", meeting)
            assert client_of(worker).get(address)["Location"] == meeting.get_absolute_url()
            assert client_of(worker).post(address, TYPED).status_code == 422
            assert client.get(guest_page(meeting)).status_code == 302
            assert client.post(guest_page(meeting), TYPED).status_code == 422
        with pytest.raises(Refused):
            make_proposal(
                invitee,
                starts_at=meeting.starts_at + 9 * DAY,
                ends_at=meeting.ends_at + 9 * DAY,
                by=worker,
            )
    assert not Proposal.objects.exists()


# --- decided --------------------------------------------------------------------------------


def test_proposal_take_moves_the_meeting_and_asks_everyone_again(
    client_of, meeting, worker, organiser
):
    other = meetings.proposal(meeting, None, days=2)
    proposal = meetings.proposal(meeting, worker)
    client = client_of(organiser)
    assert client.get(page("proposal-take", proposal)).status_code == 200

    response = client.post(page("proposal-take", proposal))

    assert response["Location"] == meeting.get_absolute_url()
    after = Meeting.objects.get(pk=meeting.pk)
    assert (after.starts_at, after.ends_at) == (proposal.starts_at, proposal.ends_at)
    assert (after.sequence, after.asked_sequence) == (1, 1)
    [change] = Change.objects.all()
    assert (change.wanted_by, change.made_by) == ("invitee", organiser)
    proposal.refresh_from_db()
    other.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("taken", organiser)
    assert proposal.decided_at == clock.now()
    assert (other.status, other.decided_at) == ("closed", None)
    assert after.invitees.get(user=worker).answer == "needs-action"
    kinds = sorted(entry.kind for entry in Entry.objects.about(meeting))
    assert kinds == ["meetings.meeting_moved"] + ["meetings.proposal_made"] * 2 + [
        "meetings.proposal_taken"
    ]
    assert sorted(mails("meeting_moved")) == sorted([worker.email, meetings.GUEST.email])


@pytest.mark.parametrize("who", ["worker", "guest"])
def test_proposal_decline_tells_whoever_made_it(client_of, meeting, worker, organiser, who):
    user = worker if who == "worker" else None
    proposal = meetings.proposal(meeting, user)
    client = client_of(organiser)
    assert client.get(page("proposal-decline", proposal)).status_code == 200

    response = client.post(page("proposal-decline", proposal))

    assert response["Location"] == meeting.get_absolute_url()
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("declined", organiser)
    assert mails("proposal_declined") == [meeting.invitees.get(user=user).email]
    [mail] = Message.objects.filter(kind="meetings.proposal_declined")
    assert ("/calendar/guest/" if user is None else meeting.get_absolute_url()) in mail.body
    after = Meeting.objects.get(pk=meeting.pk)
    assert (after.starts_at, after.sequence) == (meeting.starts_at, 0)


@pytest.mark.parametrize("name", ["proposal-take", "proposal-decline"])
def test_proposal_is_decided_once(client_of, meeting, worker, organiser, name):
    proposal = meetings.proposal(meeting, worker)
    decline_proposal(proposal, by=organiser)
    entries = Entry.objects.count()

    client = client_of(organiser)
    shown, sent = client.get(page(name, proposal)), client.post(page(name, proposal))

    assert shown["Location"] == meeting.get_absolute_url()
    assert sent.status_code == 422
    assert statuses() == ["declined"]
    assert Entry.objects.count() == entries


@pytest.mark.parametrize("name", ["proposal-take", "proposal-decline"])
def test_proposal_is_decided_by_whoever_may_move_the_meeting(
    client_of, meeting, worker, organiser, name
):
    proposal = meetings.proposal(meeting, worker)
    also = people.coordinator()

    if name == "proposal-take":
        for send in (client_of(worker).get, client_of(worker).post):
            assert send(page(name, proposal)).status_code == 403
    for send in (client_of(also).get, client_of(also).post):
        assert send(page(name, proposal)).status_code == 404
    assert statuses() == ["open"]
    with pytest.raises(PermissionDenied):
        take_proposal(proposal, by=worker)
    with pytest.raises(PermissionDenied):
        decline_proposal(proposal, by=also)

    meetings.service.also = also
    assert client_of(also).post(page(name, proposal)).status_code == 302
    assert statuses() != ["open"]


def test_own_proposal_is_taken_back_and_never_taken_by_oneself(client_of, meeting, worker):
    """Who may move the meeting too, but promised to ask the organiser."""
    meetings.service.also = worker
    proposal = meetings.proposal(meeting, worker)
    told = Message.objects.count()
    shown = client_of(worker).get(meeting.get_absolute_url()).content.decode()
    assert page("proposal-take", proposal) not in shown
    assert page("proposal-decline", proposal) in shown

    with pytest.raises(PermissionDenied):
        take_proposal(proposal, by=worker)
    assert client_of(worker).post(page("proposal-take", proposal)).status_code == 403
    assert client_of(worker).post(page("proposal-decline", proposal)).status_code == 302

    assert statuses() == ["declined"]
    assert Message.objects.count() == told


def test_proposal_take_of_a_time_that_has_passed_is_refused(client_of, meeting, worker, organiser):
    proposal = make_proposal(
        meeting.invitees.get(user=worker),
        starts_at=meeting.starts_at - 2 * timedelta(hours=1),
        ends_at=meeting.starts_at - timedelta(hours=1),
        by=worker,
    )
    with clock.process_at(meeting.starts_at - timedelta(minutes=90)):
        response = client_of(organiser).post(page("proposal-take", proposal))
        assert not Proposal.objects.open().exists()

    assert response.status_code == 422
    assert statuses() == ["open"]
    assert Meeting.objects.get(pk=meeting.pk).sequence == 0


def closed_by_a_move(meeting, organiser):
    move_meeting(
        meeting,
        starts_at=meeting.starts_at + 5 * DAY,
        ends_at=meeting.ends_at + 5 * DAY,
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )


def closed_by_a_cancellation(meeting, organiser):
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)


@pytest.mark.parametrize("close", [closed_by_a_move, closed_by_a_cancellation])
def test_proposal_is_closed_with_the_time_it_was_about(meeting, worker, organiser, close):
    proposal = meetings.proposal(meeting, worker)

    close(meeting, organiser)

    assert statuses() == ["closed"]
    assert not Proposal.objects.open().exists()
    with pytest.raises(Refused):
        take_proposal(proposal, by=organiser)


def test_proposal_outlives_a_change_of_the_link(meeting, worker, organiser):
    meetings.proposal(meeting, worker)

    move_meeting(
        meeting,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        link="https://video.example/",
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )

    assert statuses() == ["open"]


def test_proposal_ends_with_the_meeting(meeting, worker, organiser):
    proposal = meetings.proposal(meeting, worker)

    with clock.at(meeting.ends_at):
        assert not Proposal.objects.open().exists()
        assert waiting_for(organiser, clock.today()) == []
        with pytest.raises(Refused):
            decline_proposal(proposal, by=organiser)


# --- shown ----------------------------------------------------------------------------------


def test_proposals_stand_on_the_page_with_buttons_for_those_who_decide(
    client_of, meeting, worker, organiser
):
    proposal = meetings.proposal(meeting, worker)
    decided = meetings.proposal(meeting, None, days=3)
    decline_proposal(decided, by=organiser)

    own = client_of(worker).get(meeting.get_absolute_url()).content.decode()
    organisers = client_of(organiser).get(meeting.get_absolute_url()).content.decode()

    assert "25.11.2026 kl 10.00–11.00" in own
    assert page("proposal-make", meeting) in own
    assert page("proposal-take", proposal) not in own
    assert page("proposal-take", proposal) in organisers
    assert page("proposal-decline", proposal) in organisers
    assert page("proposal-make", meeting) not in organisers
    for text in (own, organisers):
        assert "27.11.2026" not in text


def test_proposals_name_nobody_to_those_outside_who_decide(client_of, meeting, worker, organiser):
    proposal = meetings.proposal(meeting, worker)
    coordinator = meetings.service.also = people.coordinator()
    places = [
        meeting.get_absolute_url(),
        page("proposal-take", proposal),
        page("proposal-decline", proposal),
    ]

    for place in places:
        assert worker.name in client_of(organiser).get(place).content.decode()
        text = client_of(coordinator).get(place).content.decode()
        assert "25.11.2026 kl 10.00–11.00" in text
        assert worker.name not in text


def test_proposals_of_others_are_shown_to_nobody_outside(client_of, meeting, worker, organiser):
    meetings.proposal(meeting, worker)
    stranger = people.worker()
    other = meetings.meeting(stranger, organiser=organiser)

    assert client_of(stranger).get(meeting.get_absolute_url()).status_code == 404
    text = client_of(stranger).get(other.get_absolute_url()).content.decode()
    assert "25.11.2026" not in text


def test_proposals_cost_the_same_for_one_and_thirty(client_of, meeting, organiser):
    client = client_of(organiser)
    counts = set()
    for many in (1, 29):
        for _n in range(many):
            user = people.worker()
            add_person(meeting, user, by=organiser)
            meetings.proposal(meeting, user)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(meeting.get_absolute_url()).content.decode()
        counts.add(len(queries))
    assert text.count("/take/") == 30
    assert len(counts) == 1
    assert counts.pop() <= 15


def test_proposal_waits_for_the_organiser_once_for_each_meeting(meeting, worker, organiser):
    meetings.proposal(meeting, worker)
    meetings.proposal(meeting, None, days=2)

    with translation.override("en"):
        items = waiting_for(organiser, clock.today())

        assert [(str(item.verb), item.url, item.due) for item in items] == [
            (
                "Decide on the proposed time",
                meeting.get_absolute_url(),
                clock.day_of(meeting.starts_at),
            )
        ]
        assert [str(item.verb) for item in waiting_for(worker, clock.today())] == [
            "Answer the invitation"
        ]
        urls = [item.url for item in everything_waiting(organiser, clock.today())]
        assert urls == [meeting.get_absolute_url()]


def test_proposal_mails_name_times_and_no_case(meeting, worker, organiser):
    proposal = meetings.proposal(meeting, worker)
    decline_proposal(proposal, by=organiser)

    made, declined = (
        Message.objects.get(kind=f"meetings.{kind}")
        for kind in ("proposal_made", "proposal_declined")
    )
    assert "25.11.2026 kl 10.00–11.00" in made.body
    assert "24.11.2026 kl 10.00–11.00" in made.body
    assert worker.name in made.body
    assert "25.11.2026 kl 10.00" in declined.body
    for mail in (made, declined):
        assert meetings.TITLE_FOR_PEOPLE not in mail.body + mail.subject
        assert f"http://127.0.0.1:8000{meeting.get_absolute_url()}" in mail.body


def test_proposals_of_one_person_are_few_a_day(meeting, worker, organiser):
    for n in range(5):
        make_proposal(
            meeting.invitees.get(user=worker),
            starts_at=meeting.starts_at + (n + 1) * DAY,
            ends_at=meeting.ends_at + (n + 1) * DAY,
            by=worker,
        )

    with pytest.raises(Refused):
        make_proposal(
            meeting.invitees.get(user=worker),
            starts_at=meeting.starts_at + 9 * DAY,
            ends_at=meeting.ends_at + 9 * DAY,
            by=worker,
        )

    assert Message.objects.filter(kind="meetings.proposal_made").count() == 5


@pytest.mark.parametrize("by_calendar", [True, False])
def test_proposal_declined_answers_a_calendar_only_when_it_asked(
    meeting, worker, organiser, by_calendar
):
    meeting_invitations(meeting, by=organiser)
    proposal = make_proposal(
        meeting.invitees.get(user=worker),
        starts_at=meeting.starts_at + DAY,
        ends_at=meeting.ends_at + DAY,
        by_calendar=by_calendar,
        by=worker,
    )

    decline_proposal(proposal, by=organiser)

    mail = Message.objects.get(kind="meetings.proposal_declined")
    assert mail.calendar_method == ("DECLINECOUNTER" if by_calendar else "")
