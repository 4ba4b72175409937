"""Feeds of a group and of a municipality, and how much text a feed shows."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from common import clock
from journal.models import Entry
from meetings.actions import answer_invitation, cancel_meeting, renew_feed, set_feed_text
from meetings.feeds import feed_address
from meetings.models import Feed
from people.models import User
from supervision import actions as supervision
from tests.browser import looks_right
from tests.conftest import MONDAY_MORNING
from tests.factories import meetings, people
from tests.factories import supervision as seasons


pytestmark = pytest.mark.django_db

PLACE, ELSEWHERE = "Elva vald", "Haapsalu linn"


def path_of(feed: Feed) -> str:
    return urlsplit(feed_address(feed)).path


def read(client, feed: Feed) -> icalendar.Calendar:
    response = client.get(path_of(feed))
    assert response.status_code == 200
    return icalendar.Calendar.from_ical(response.content)


def events_of(client, feed: Feed) -> list[icalendar.Event]:
    return read(client, feed).walk("VEVENT")


# --- how much text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("full", {"SUMMARY": meetings.NEUTRAL_TITLE, "LOCATION": "kanaarilind", "URL": True}),
        ("title", {"SUMMARY": meetings.NEUTRAL_TITLE, "URL": True}),
        ("busy", {"SUMMARY": "Busy"}),
    ],
)
def test_feed_text_shows_what_its_owner_chose(client, text, shown):
    worker = people.worker(language="en")
    meeting = meetings.meeting(worker, place="kanaarilind")
    feed = set_feed_text(renew_feed(by=worker), text=text, by=worker)

    [event] = events_of(client, feed)

    found = {name: str(event[name]) for name in ("SUMMARY", "LOCATION", "URL") if name in event}
    if "URL" in found:
        found["URL"] = True
    assert found == shown
    assert ("ORGANIZER" in event) == (text == "full")
    assert event["UID"] == meeting.uid
    assert event["DTSTART"].dt == meeting.starts_at
    assert event["TRANSP"] == "OPAQUE"
    raw = client.get(path_of(feed)).content.decode()
    assert (meeting.organiser.name in raw) == (text == "full")
    assert meetings.TITLE_FOR_PEOPLE not in raw


def test_feed_text_is_everything_unless_chosen():
    assert renew_feed(by=people.worker()).text == "full"


def test_feed_text_stays_when_the_address_is_renewed():
    worker = people.worker()
    set_feed_text(renew_feed(by=worker), text="busy", by=worker)

    assert renew_feed(by=worker).text == "busy"


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since"])
def test_feed_text_chosen_is_sent_to_those_who_ask_for_changes(client, header):
    worker = people.worker()
    meetings.meeting(worker)
    feed = renew_feed(by=worker)
    first = client.get(path_of(feed))
    known = first["ETag"] if header == "If-None-Match" else first["Last-Modified"]
    assert client.get(path_of(feed), headers={header: known}).status_code == 304

    set_feed_text(feed, text="title", by=worker)

    assert client.get(path_of(feed), headers={header: known}).status_code == 200


def test_feed_text_page_asks_and_journals(client_of):
    worker = people.worker()
    feed = renew_feed(by=worker)
    client = client_of(worker)
    page = reverse("meetings:feed-text", args=[feed.pk])

    checked = BeautifulSoup(client.get(page).content, "html.parser").select("input[checked]")
    assert [each["value"] for each in checked] == ["full"]
    response = client.post(page, {"text": "busy"})

    assert response["Location"] == reverse("meetings:calendar")
    feed.refresh_from_db()
    assert feed.text == "busy"
    entry = Entry.objects.about(feed).first()
    assert (entry.kind, entry.details) == ("meetings.feed_text_set", {"text": "busy"})


@pytest.mark.parametrize("typed", [{}, {"text": ""}, {"text": "everything"}])
def test_feed_text_page_with_bad_input_changes_nothing(client_of, typed):
    worker = people.worker()
    feed = renew_feed(by=worker)

    response = client_of(worker).post(reverse("meetings:feed-text", args=[feed.pk]), typed)

    assert response.status_code == 422
    feed.refresh_from_db()
    assert feed.text == "full"


def test_feed_text_is_for_the_owner_alone(client_of):
    feed = renew_feed(by=people.worker())
    other = people.worker()

    place = reverse("meetings:feed-text", args=[feed.pk])

    assert client_of(other).get(place).status_code == 404
    assert client_of(other).post(place, {"text": "busy"}).status_code == 404
    with pytest.raises(PermissionDenied):
        set_feed_text(feed, text="busy", by=other)


# --- a group's feed -------------------------------------------------------------------------


def group_feed(user, group) -> Feed:
    return renew_feed(by=user, kind="group", about=group.pk)


def test_group_feed_holds_its_meetings_for_members_and_supervisor(client):
    season = seasons.open_season()
    group, other = (seasons.published_group(season, members=1) for _n in range(2))
    [member] = seasons.members_of(group)
    uids = [session.meeting.uid for session in group.sessions.select_related("meeting")]
    meetings.meeting(member, place="kanaarilind")
    assert other.sessions.count() == 3

    for user in (member, group.supervisor):
        assert [event["UID"] for event in events_of(client, group_feed(user, group))] == uids


def test_group_feed_addresses_are_personal():
    group = seasons.published_group(seasons.open_season(), members=2)
    first, second = seasons.members_of(group)

    tokens = {group_feed(first, group).token, group_feed(second, group).token}
    tokens.add(renew_feed(by=first).token)

    assert len(tokens) == 3
    assert Feed.objects.count() == 3


def test_group_feed_is_called_by_its_group(client):
    group = seasons.published_group(seasons.open_season(), name="G-tihane")
    feed = group_feed(group.supervisor, group)

    assert "G-tihane" in str(read(client, feed)["X-WR-CALNAME"])


@pytest.mark.parametrize("who", ["worker", "supervisor", "coordinator", "consultant"])
def test_group_feed_is_for_nobody_else(client_of, who):
    group = seasons.published_group(seasons.open_season())
    user = getattr(people, who)()
    place = reverse("meetings:feed-renew", args=["group", group.pk])

    assert client_of(user).get(place).status_code == 404
    assert client_of(user).post(place, {"seen": ""}).status_code == 404
    with pytest.raises(PermissionDenied):
        group_feed(user, group)
    assert not Feed.objects.exists()


def test_group_feed_of_a_draft_is_nobodys():
    group = seasons.dated_group(seasons.open_season())

    with pytest.raises(PermissionDenied):
        group_feed(group.supervisor, group)


def test_group_feed_of_somebody_who_left_the_group_is_404_at_once(client):
    group = seasons.published_group(seasons.open_season(), members=2)
    first, second = seasons.members_of(group)
    feed, others = group_feed(first, group), group_feed(second, group)
    own = renew_feed(by=first)

    with clock.process_at(MONDAY_MORNING + timedelta(days=1)):
        supervision.remove_member(
            group.memberships.get(registration__user=first), by=people.coordinator()
        )
    with clock.process_at(MONDAY_MORNING + timedelta(days=2)):
        assert client.get(path_of(feed)).status_code == 404
        assert client.get(path_of(others)).status_code == 200
        assert client.get(path_of(own)).status_code == 200


def test_group_feed_of_a_supervisor_without_the_role_is_404(client):
    group = seasons.published_group(seasons.open_season())
    feed = group_feed(group.supervisor, group)
    people.worker()
    group.supervisor.staff_roles.update(ends_on=clock.today() - timedelta(days=1))

    assert client.get(path_of(feed)).status_code == 404


def test_group_feed_renewed_asks_first_and_the_old_address_is_404(client, client_of):
    group = seasons.published_group(seasons.open_season())
    [member] = seasons.members_of(group)
    place = reverse("meetings:feed-renew", args=["group", group.pk])
    visitor = client_of(member)
    visitor.post(place, {"seen": ""})
    old = Feed.objects.get()

    page = visitor.get(place)
    visitor.post(place, {"seen": page.context["form"]["seen"].value()})

    new = Feed.objects.get()
    assert (new.kind, new.about, new.user) == ("group", group.pk, member)
    assert client.get(path_of(old)).status_code == 404
    assert client.get(path_of(new)).status_code == 200
    assert visitor.post(place, {"seen": ""}).status_code == 422
    entry = Entry.objects.about(new).first()
    assert entry.details == {"of": "group", "about": str(group.pk)}


@pytest.mark.parametrize(
    ("kind", "about"), [("nonsense", True), ("group", False), ("municipality", True)]
)
def test_feed_renew_of_what_is_no_feed_is_404(client_of, kind, about):
    group = seasons.published_group(seasons.open_season())
    about = group.pk if about else "00000000-0000-4000-8000-000000000000"

    place = f"/calendar/feed/renew/{kind}/{about}/"

    assert client_of(group.supervisor).post(place, {"seen": ""}).status_code == 404


def test_own_feed_is_about_nothing():
    with pytest.raises(PermissionDenied):
        renew_feed(by=people.worker(), about=people.municipality().pk)


# --- a municipality's feed ------------------------------------------------------------------


@pytest.fixture
def colleagues() -> None:
    """Two more workers of the place: with them a count is no name."""
    for _n in range(2):
        people.worker(PLACE)


def counts_feed(manager, place: str = PLACE) -> Feed:
    return renew_feed(by=manager, kind="municipality", about=people.municipality(place).pk)


def counts(client, feed: Feed) -> dict[date, str]:
    return {event["DTSTART"].dt: str(event["SUMMARY"]) for event in events_of(client, feed)}


TUESDAY = date(2026, 11, 24)


def test_municipality_feed_counts_workers_by_day(client, colleagues):
    manager = people.manager(PLACE, language="en")
    first, second, foreign = people.worker(PLACE), people.worker(PLACE), people.worker(ELSEWHERE)
    meetings.meeting(first, second, foreign, place="kanaarilind")
    meetings.meeting(first)
    meetings.meeting(second, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=3))
    meetings.meeting(foreign, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=4))
    meetings.meeting(manager, starts_at=meetings.TOMORROW_AT_TEN + timedelta(days=5))

    found = counts(client, counts_feed(manager))

    assert found == {
        TUESDAY: "2 workers at meetings",
        date(2026, 11, 27): "1 worker at a meeting",
    }


def test_municipality_feed_says_nothing_but_counts(client, colleagues):
    manager = people.manager(PLACE)
    worker = people.worker(PLACE)
    meeting = meetings.meeting(worker, place="kanaarilind", link="https://kanaarilind.example/")

    feed = counts_feed(manager)
    raw = client.get(path_of(feed)).content.decode()
    [event] = events_of(client, feed)

    for hidden in (
        "kanaarilind",
        worker.name,
        worker.last_name,
        meeting.organiser.name,
        meeting.uid,
        str(meeting.pk),
        meetings.NEUTRAL_TITLE,
        "T100000",
    ):
        assert hidden not in raw
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (TUESDAY, TUESDAY + timedelta(days=1))
    assert event["TRANSP"] == "TRANSPARENT"
    assert "ORGANIZER" not in event


def _decline(meeting, worker):
    answer_invitation(meeting.invitees.get(user=worker), answer="declined", by=worker)


def _cancel(meeting, worker):
    cancel_meeting(meeting, wanted_by="organiser", reason="x", by=meeting.organiser)


def _leave(meeting, worker):
    worker.posts.update(ends_on=clock.today())


@pytest.mark.parametrize("change", [_decline, _cancel, _leave])
def test_municipality_feed_counts_only_who_comes_from_there(client, colleagues, change):
    worker = people.worker(PLACE)
    meeting = meetings.meeting(worker)
    feed = counts_feed(people.manager(PLACE))
    assert list(counts(client, feed)) == [TUESDAY]

    change(meeting, worker)

    assert counts(client, feed) == {}


def test_municipality_feed_is_silent_where_workers_are_few(client, client_of):
    """With two workers a count tells who is away, and the manager is offered no such feed."""
    manager = people.manager(PLACE)
    meetings.meeting(people.worker(PLACE), people.worker(PLACE))
    third = people.worker(PLACE)
    feed = counts_feed(manager)
    assert list(counts(client, feed)) == [TUESDAY]
    assert "Elva vald" in str(client_of(manager).get("/calendar/").context["feeds"])

    third.posts.update(ends_on=clock.today() - timedelta(days=1))

    assert counts(client, feed) == {}
    assert "Elva vald" not in str(client_of(manager).get("/calendar/").context["feeds"])


@pytest.mark.parametrize("third_is", ["shut", "the manager"])
def test_municipality_feed_counts_as_many_only_whom_it_does_not_name(client, third_is):
    """Neither a shut account nor the manager's own post hides who of the two others it is."""
    manager = people.manager(PLACE)
    meetings.meeting(people.worker(PLACE))
    people.worker(PLACE)
    third = people.worker(PLACE)
    feed = counts_feed(manager)
    assert list(counts(client, feed)) == [TUESDAY]

    if third_is == "shut":
        User.objects.filter(pk=third.pk).update(is_active=False)
    else:
        third.posts.update(user=manager)

    assert counts(client, feed) == {}


def test_municipality_feed_is_silent_of_all(client):
    """Three of three at a meeting are three names."""
    workers = [people.worker(PLACE) for _ in range(3)]
    feed = counts_feed(people.manager(PLACE))
    meetings.meeting(*workers)
    assert counts(client, feed) == {}

    people.worker(PLACE)

    assert list(counts(client, feed)) == [TUESDAY]


@pytest.mark.parametrize("who", ["worker", "consultant", "coordinator", "administrator"])
def test_municipality_feed_is_for_its_manager_alone(client_of, who):
    user = getattr(people, who)()
    elsewhere = people.manager(ELSEWHERE)
    about = people.municipality(PLACE).pk

    for person in (user, elsewhere):
        place = reverse("meetings:feed-renew", args=["municipality", about])
        assert client_of(person).post(place, {"seen": ""}).status_code == 404
        with pytest.raises(PermissionDenied):
            counts_feed(person)


def test_municipality_feed_of_a_former_manager_is_404(client, colleagues):
    manager = people.manager(PLACE)
    feed = counts_feed(manager)
    assert client.get(path_of(feed)).status_code == 200

    manager.posts.update(ends_on=clock.today() - timedelta(days=1))
    people.worker(PLACE)
    manager.posts.create(
        municipality=people.municipality(PLACE), kind="worker", starts_on=clock.today()
    )

    assert client.get(path_of(feed)).status_code == 404


def test_municipality_feed_unchanged_is_304(client, colleagues):
    meetings.meeting(people.worker(PLACE))
    path = path_of(counts_feed(people.manager(PLACE)))
    etag = client.get(path)["ETag"]

    with clock.process_at(MONDAY_MORNING + timedelta(hours=5)):
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    meetings.meeting(people.worker(PLACE))
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_feeds_cost_the_same_for_1_and_30_meetings(client, colleagues):
    manager = people.manager(PLACE)
    path = path_of(counts_feed(manager))
    costs = []
    for many in (1, 29):
        for _n in range(many):
            meetings.meeting(people.worker(PLACE))
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        costs.append(len(queries))

    assert costs[0] == costs[1] <= 8


# --- the calendar page ----------------------------------------------------------------------


def shown_on_page(response) -> tuple[list[str], list[str]]:
    card = BeautifulSoup(response.content, "html.parser")
    return (
        [each["value"] for each in card.select("input[readonly]")],
        [each["action"] for each in card.select("form[action*='/feed/renew/']")],
    )


def test_calendar_lists_every_feed_of_the_person(client_of):
    group = seasons.published_group(seasons.open_season())
    seasons.published_group(seasons.open_season(audience="managers", year=2028))
    [member] = seasons.members_of(group)
    client = client_of(member)

    addresses, to_make = shown_on_page(client.get("/calendar/"))
    assert addresses == []
    assert to_make == ["/calendar/feed/renew/", f"/calendar/feed/renew/group/{group.pk}/"]

    for place in to_make:
        client.post(place, {"seen": ""})

    addresses, to_make = shown_on_page(client.get("/calendar/"))
    assert addresses == [feed_address(feed) for feed in Feed.objects.order_by("-kind")]
    assert to_make == []


def test_calendar_lists_the_municipalities_of_a_manager(client_of, colleagues):
    manager = people.manager(PLACE)
    people.worker(PLACE)
    about = people.municipality(PLACE).pk

    with translation.override("en"):
        response = client_of(manager).get("/calendar/")

    assert shown_on_page(response)[1] == [
        "/calendar/feed/renew/",
        f"/calendar/feed/renew/municipality/{about}/",
    ]
    assert PLACE in BeautifulSoup(response.content, "html.parser").main.get_text()


def test_calendar_costs_the_same_for_1_and_many_feeds(client_of):
    season = seasons.open_season()
    supervisor = people.supervisor()
    client = client_of(supervisor)
    costs = []
    for many in (1, 4):
        for _n in range(many):
            first = clock.today() + timedelta(days=14 + 3 * Feed.objects.count())
            group = seasons.published_group(season, supervisor=supervisor, first=first)
            group_feed(supervisor, group)
        with CaptureQueriesContext(connection) as queries:
            client.get("/calendar/?view=list")
        costs.append(len(queries))

    assert Feed.objects.count() == 5
    assert costs[0] == costs[1] <= 15


def test_calendar_offers_no_text_for_counts(client_of, colleagues):
    manager = people.manager(PLACE)
    feed = counts_feed(manager)
    place = reverse("meetings:feed-text", args=[feed.pk])
    client = client_of(manager)

    assert f'href="{place}"' not in client.get("/calendar/").content.decode()
    assert client.get(place).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 390])
def test_feed_pages_look_right(new_page, width):
    group = seasons.published_group(seasons.open_season())
    [member] = seasons.members_of(group)
    feed = group_feed(member, group)
    renew_feed(by=member)
    page = new_page(member, width=width)

    for place in ("/calendar/", reverse("meetings:feed-text", args=[feed.pk])):
        page.goto(place)
        looks_right(page)
