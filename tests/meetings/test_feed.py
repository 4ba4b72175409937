from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common import clock
from journal.models import Entry
from meetings.actions import (
    add_person,
    answer_invitation,
    cancel_meeting,
    move_meeting,
    remove_invitee,
    renew_feed,
)
from meetings.feeds import feed_address
from meetings.models import Feed
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people


pytestmark = pytest.mark.django_db


def path_of(feed: Feed) -> str:
    return urlsplit(feed_address(feed)).path


def events_of(response) -> dict[str, icalendar.Event]:
    assert response.status_code == 200
    events = icalendar.Calendar.from_ical(response.content).walk("VEVENT")
    return {str(event["UID"]): event for event in events}


def test_feed_is_read_without_login(client):
    worker = people.worker()
    meeting = meetings.meeting(worker)
    meetings.meeting(people.worker(), place="kanaarilind")
    feed = renew_feed(by=worker)

    response = client.get(path_of(feed))

    assert list(events_of(response)) == [meeting.uid]
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response
    assert b"kanaarilind" not in response.content
    assert meetings.TITLE_FOR_PEOPLE.encode() not in response.content


@pytest.mark.parametrize("token", ["x", "0" * 43, "õ", "..", "a b", "%00"])
def test_feed_of_an_unknown_token_is_404(client, token):
    renew_feed(by=people.worker())

    assert client.get(f"/calendar/feed/{token}.ics").status_code == 404


def test_feed_is_looked_up_by_its_hash_and_the_token_stands_encrypted():
    feed = renew_feed(by=people.worker())

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM meetings_feed")
        assert feed.token not in str(cursor.fetchall())


def test_feed_renewed_the_old_address_is_404_at_once(client):
    worker = people.worker()
    old = path_of(renew_feed(by=worker))
    new = path_of(renew_feed(by=worker))

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    assert Feed.objects.count() == 1


def _inactive(user):
    user.is_active = False


def _without_password(user):
    user.set_unusable_password()


def _without_email(user):
    user.email = None


@pytest.mark.parametrize("change", [_inactive, _without_password, _without_email])
def test_feed_of_a_person_who_may_not_log_in_is_404(client, change):
    worker = people.worker()
    feed = renew_feed(by=worker)
    assert client.get(path_of(feed)).status_code == 200

    change(worker)
    worker.save()

    assert client.get(path_of(feed)).status_code == 404


def test_feed_of_a_person_without_any_post_or_role_is_404(client):
    worker = people.worker()
    meetings.meeting(worker)
    feed = renew_feed(by=worker)
    assert client.get(path_of(feed)).status_code == 200

    worker.posts.update(ends_on=clock.today() - timedelta(days=1))

    assert client.get(path_of(feed)).status_code == 404


def test_feed_only_answers_to_reading(client):
    feed = renew_feed(by=people.worker())

    assert client.post(path_of(feed)).status_code == 405
    assert client.head(path_of(feed)).status_code == 200


def test_feed_holds_ninety_days_of_the_past_and_all_of_the_future(client):
    worker = people.worker()
    ninety_days_ago = MONDAY_MORNING - timedelta(days=90)
    meetings.meeting(worker, starts_at=ninety_days_ago - timedelta(hours=1, minutes=1))
    just_inside = meetings.meeting(worker, starts_at=ninety_days_ago - timedelta(hours=1))
    far_ahead = meetings.meeting(worker, starts_at=MONDAY_MORNING + timedelta(days=2000))

    response = client.get(path_of(renew_feed(by=worker)))

    assert list(events_of(response)) == [just_inside.uid, far_ahead.uid]


@pytest.mark.parametrize(("days", "there"), [(0, True), (60, True), (61, False)])
def test_feed_keeps_a_cancelled_meeting_for_sixty_days(client, days, there):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(
        worker, organiser=organiser, starts_at=MONDAY_MORNING + timedelta(days=100)
    )
    cancel_meeting(meeting, wanted_by="organiser", reason="kanaarilind", by=organiser)
    feed = renew_feed(by=worker)

    with clock.process_at(MONDAY_MORNING + timedelta(days=days)):
        response = client.get(path_of(feed))

    assert {uid: str(event["STATUS"]) for uid, event in events_of(response).items()} == (
        {meeting.uid: "CANCELLED"} if there else {}
    )
    assert b"kanaarilind" not in response.content


def test_feed_follows_a_move(client):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    feed = renew_feed(by=worker)
    before = events_of(client.get(path_of(feed)))[meeting.uid]

    move_meeting(
        meeting,
        starts_at=datetime(2026, 11, 30, 14, tzinfo=clock.TALLINN),
        ends_at=datetime(2026, 11, 30, 15, tzinfo=clock.TALLINN),
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )

    after = events_of(client.get(path_of(feed)))[meeting.uid]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt == datetime(2026, 11, 30, 12, tzinfo=UTC)


def test_feed_speaks_its_owners_language(client):
    worker = people.worker(language="en")
    meetings.meeting(worker, form="phone", place="")

    [event] = events_of(client.get(path_of(renew_feed(by=worker)))).values()

    assert str(event["LOCATION"]) == "By telephone"


# --- asking again ---------------------------------------------------------------------------


def _move(meeting, worker, organiser):
    day = (MONDAY_MORNING + timedelta(days=3)).date()
    move_meeting(
        meeting,
        starts_at=clock.tallinn(day, time(9)),
        ends_at=clock.tallinn(day, time(10)),
        wanted_by="organiser",
        reason="x",
        by=organiser,
    )


def _cancel(meeting, worker, organiser):
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=organiser)


def _decline(meeting, worker, organiser):
    answer_invitation(meeting.invitees.get(user=worker), answer="declined", by=worker)


def _remove(meeting, worker, organiser):
    remove_invitee(meeting.invitees.get(user=worker), by=organiser)


def _invite_to_another(meeting, worker, organiser):
    with clock.at(MONDAY_MORNING - timedelta(days=30)):
        other = meetings.meeting(starts_at=MONDAY_MORNING - timedelta(days=10), organiser=organiser)
    add_person(other, worker, by=organiser)


@pytest.mark.parametrize("header", ["etag", "date"])
def test_feed_unchanged_is_304_without_a_body(client, header):
    worker = people.worker()
    meetings.meeting(worker)
    path = path_of(renew_feed(by=worker))
    first = client.get(path)

    again = client.get(path, headers=_condition(first, header))

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("header", ["etag", "date"])
@pytest.mark.parametrize("change", [_move, _cancel, _decline, _remove, _invite_to_another])
def test_feed_changed_is_sent_whole_even_within_the_same_second(client, change, header):
    worker, organiser = people.worker(), people.consultant()
    meeting = meetings.meeting(worker, organiser=organiser)
    path = path_of(renew_feed(by=worker))
    first = client.get(path)

    change(meeting, worker, organiser)

    again = client.get(path, headers=_condition(first, header))
    assert again.status_code == 200
    assert again.content != first.content


def _condition(response, header: str) -> dict[str, str]:
    if header == "etag":
        return {"If-None-Match": response["ETag"]}
    return {"If-Modified-Since": response["Last-Modified"]}


def test_feed_costs_the_same_for_1_and_30_meetings(client):
    worker = people.worker()
    path = path_of(renew_feed(by=worker))
    counts = []
    for many in (1, 29):
        for _n in range(many):
            meetings.meeting(worker)
        with CaptureQueriesContext(connection) as queries:
            assert len(events_of(client.get(path))) == (1 if many == 1 else 30)
        counts.append(len(queries))

    assert counts == [3, 3]


# --- renewing -------------------------------------------------------------------------------

RENEW = "/calendar/feed/renew/"


def test_feed_renew_asks_first_and_then_journals_once(client_of):
    worker = people.worker()
    old = renew_feed(by=worker)
    Entry.objects.about(old)
    client = client_of(worker)

    page = client.get(RENEW)
    assert Feed.objects.get().token_hash == old.token_hash
    response = client.post(RENEW, {"seen": page.context["form"]["seen"].value()})

    assert response["Location"] == reverse("meetings:calendar") + "#feeds"
    renewed = Feed.objects.get()
    assert renewed.token_hash != old.token_hash
    assert [entry.kind for entry in Entry.objects.about(renewed)] == ["meetings.feed_renewed"] * 2


def test_feed_renew_makes_the_first_address(client_of):
    worker = people.worker()

    client_of(worker).post(RENEW, {"seen": ""})

    assert Feed.objects.get().user == worker


def test_feed_renew_sent_twice_renews_once(client_of):
    worker = people.worker()
    client = client_of(worker)
    client.post(RENEW, {"seen": ""})
    first = Feed.objects.get()

    response = client.post(RENEW, {"seen": ""})

    assert response.status_code == 422
    assert "Aadress on juba uuendatud." in response.content.decode()
    assert Feed.objects.get().token_hash == first.token_hash
    assert Entry.objects.about(first).count() == 1
