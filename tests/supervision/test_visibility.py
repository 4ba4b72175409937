"""Who sees what: each rule with rows that could leak."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common import clock
from journal.models import Entry
from people.models import Post
from supervision.actions import place_member
from supervision.models import Group, NetworkSupervision, Offer, Registration, Season, Session
from supervision.own_people import attendance_of_own_people
from supervision.season_page import numbers
from supervision.waiting import waiting_for
from tests import htmx
from tests.factories import people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db

LAYOUT_AND_ROOM = 15
"""No page costs more queries."""


def test_season_draft_is_the_coordinators():
    make.season()

    seen = [
        Season.objects.visible_to(user).count()
        for user in (people.coordinator(), people.consultant(), people.worker(), people.person())
    ]

    assert seen == [1, 0, 0, 0]


def test_season_is_hidden_from_people_without_post():
    make.open_season()

    seen = [Season.objects.visible_to(user).count() for user in (people.worker(), people.person())]

    assert seen == [1, 0]


def test_registration_is_seen_by_oneself_the_region_and_the_coordinator():
    registration = make.registered(make.open_season(), "Elva vald")

    seen = [
        Registration.objects.visible_to(user).count()
        for user in (
            registration.user,
            people.consultant("Elva vald"),
            people.coordinator(),
            people.consultant("Haapsalu linn"),
            people.worker("Elva vald"),
            people.manager("Elva vald"),
            people.supervisor(),
        )
    ]

    assert seen == [1, 1, 1, 0, 0, 0, 0]


def test_group_is_seen_when_published_by_its_members_and_consultants():
    season = make.open_season()
    draft, group = make.dated_group(season), make.published_group(season)
    placed = make.registered(season)

    place_member(draft, placed, by=people.coordinator())

    def seen(user):
        return set(Group.objects.visible_to(user))

    assert seen(people.coordinator()) == {draft, group}
    assert seen(people.consultant()) == {group}
    assert seen(make.members_of(group)[0]) == {group}
    assert seen(placed.user) == set()
    assert seen(draft.supervisor) == {draft}
    assert seen(people.supervisor()) == set()
    assert seen(people.worker()) == set()
    assert seen(people.manager()) == set()


def test_group_and_network_are_out_of_sight_with_the_role_and_the_post():
    group = make.published_group(make.open_season())
    network = make.accepted_network()
    yesterday = clock.today() - timedelta(days=1)
    for supervisor in (group.supervisor, network.supervisor):
        supervisor.staff_roles.update(ends_on=yesterday)
    network.requester.posts.update(ends_on=yesterday)
    # A post elsewhere does not bring back what was asked for another municipality.
    Post.objects.create(
        user=network.requester,
        municipality=people.municipality("Haapsalu linn"),
        kind="worker",
        starts_on=clock.today(),
    )

    assert list(Group.objects.visible_to(group.supervisor)) == []
    assert list(NetworkSupervision.objects.visible_to(network.supervisor)) == []
    assert list(NetworkSupervision.objects.visible_to(network.requester)) == []


def test_session_follows_its_group():
    group = make.published_group(make.open_season())

    seen = [
        Session.objects.visible_to(user).count()
        for user in (make.members_of(group)[0], group.supervisor, people.worker())
    ]

    assert seen == [3, 3, 0]


def test_offer_is_seen_by_its_person_and_the_coordinator():
    season = make.open_season(window=3)
    group = make.published_group(season)
    registration = make.waiting(season)
    make.offered(registration, group)

    seen = [
        Offer.objects.visible_to(user).count()
        for user in (registration.user, people.coordinator(), people.worker(), people.consultant())
    ]

    assert seen == [1, 1, 0, 0]


def test_network_is_seen_by_its_sides_and_read_by_fewer(client_of):
    network = make.accepted_network("Elva vald")
    sides = {
        "requester": network.requester,
        "supervisor": network.supervisor,
        "coordinator": people.coordinator(),
        "consultant": people.consultant("Elva vald"),
        "other consultant": people.consultant("Haapsalu linn"),
        "colleague": people.worker("Elva vald"),
        "manager": people.manager("Elva vald"),
    }

    found = {}
    for name, user in sides.items():
        response = client_of(user).get(network.get_absolute_url())
        found[name] = (response.status_code, make.WISH in response.content.decode())

    assert found == {
        "requester": (200, True),
        "supervisor": (200, True),
        "coordinator": (200, True),
        "consultant": (200, False),
        "other consultant": (404, False),
        "colleague": (404, False),
        "manager": (404, False),
    }
    opened = Entry.objects.filter(kind="supervision.network_opened")
    assert {entry.actor for entry in opened} == {network.supervisor, sides["coordinator"]}
    assert NetworkSupervision.objects.visible_to(sides["colleague"]).count() == 0


def test_group_page_shows_members_first_names_and_consultants_no_one(client_of):
    group = make.published_group(make.open_season(), members=2)
    me, other = make.members_of(group)

    mine = client_of(me).get(group.get_absolute_url()).content.decode()
    theirs = client_of(people.consultant()).get(group.get_absolute_url()).content.decode()

    assert (other.first_name in mine, other.last_name in mine) == (True, False)
    assert (other.first_name in theirs, me.first_name in theirs) == (False, False)


def test_group_page_shows_no_members_to_one_who_is_supervisor_no_more(client_of):
    group = make.published_group(make.open_season())
    former = people.consultant()
    Group.objects.update(supervisor=former)

    response = client_of(former).get(group.get_absolute_url())

    assert response.context["members"] == []
    assert response.context["leads"] is False


def test_own_people_shows_that_and_never_what(client_of):
    season = make.open_season()
    group = make.published_group(season)
    member = make.members_of(group)[0]
    make.recorded(make.first_session(group))
    registered = make.registered(season, weekdays="24")
    draft = make.dated_group(season)

    place_member(draft, registered, by=people.coordinator())
    none = people.worker("Elva vald")
    stranger = make.registered(season, "Haapsalu linn").user

    manager = people.manager("Elva vald")
    rows = {row.name: row for row in attendance_of_own_people(manager, season)}
    page = client_of(manager).get(reverse("supervision:own-people")).content.decode()

    assert set(rows) == {member.name, registered.user.name, none.name}
    assert rows[member.name].attendance == "Kohtumistel osaletud: 1 / 1"
    assert [rows[each.name].placed for each in (member, registered.user, none)] == [
        True,
        False,
        False,
    ]
    assert [rows[each.name].registered for each in (member, none)] == [True, False]
    assert stranger.name not in page
    assert "teisipäev" not in page


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("season-detail", "coordinator"),
        ("registration-list", "coordinator"),
        ("waiting-list", "coordinator"),
        ("season-detail", "consultant"),
        ("season-feedback", "coordinator"),
    ],
)
def test_season_pages_cost_the_same_for_1_and_30(
    client_of, django_assert_num_queries, django_assert_max_num_queries, name, role
):
    season = make.open_season(window=3)
    make.published_group(season)
    make.waiting(season)
    url = reverse(f"supervision:{name}", args=[season.pk])
    client = client_of(getattr(people, role)())
    with django_assert_max_num_queries(LAYOUT_AND_ROOM) as one:
        client.get(url)
    for n in range(29):
        group = make.draft_group(season, name=f"T-{n}")
        if n < 4:
            make.published_group(season, first=clock.today().replace(day=1 + n, month=12))
        make.registered(season)
        make.waiting(season)
        assert group.pk

    with django_assert_num_queries(len(one)):
        client.get(url)


def test_group_page_costs_the_same_for_1_and_12(
    client_of, django_assert_num_queries, django_assert_max_num_queries
):
    season = make.open_season()
    small, large = make.published_group(season), make.published_group(season, members=12)

    for who in ("coordinator", "member", "supervisor"):
        users = {
            "coordinator": (people.coordinator(),) * 2,
            "member": (make.members_of(small)[0], make.members_of(large)[0]),
            "supervisor": (small.supervisor, large.supervisor),
        }[who]
        first, second = (client_of(user) for user in users)
        with django_assert_max_num_queries(LAYOUT_AND_ROOM) as one:
            first.get(small.get_absolute_url())
        with django_assert_num_queries(len(one)):
            second.get(large.get_absolute_url())


def test_season_counts_a_worker_whose_earlier_post_ended():
    season, place = make.open_season(), people.municipality("Elva vald")
    for since in (clock.today(), clock.today() - timedelta(days=30)):
        worker = people.worker("Elva vald", since=since)
        Post.objects.create(
            user=worker,
            municipality=place,
            kind="manager",
            starts_on=clock.today() - timedelta(days=90),
            ends_on=clock.today() - timedelta(days=60),
        )
    left = people.worker("Elva vald")
    left.posts.update(ends_on=clock.today() - timedelta(days=1))
    people.worker("Haapsalu linn")

    assert numbers(season, people.consultant("Elva vald")).of_all == 2


def test_season_filter_in_place_equals_a_reload(client_of):
    season = make.open_season()
    one, _other = make.published_group(season), make.published_group(season)
    client = client_of(people.coordinator())
    url = season.get_absolute_url()

    page = htmx.click(client, url, "form.tp-filter", supervisor=str(one.supervisor_id))

    wanted = f"{url}?region=&supervisor={one.supervisor_id}"
    htmx.same_as_reload(client, wanted, page, but=("form.tp-filter", "input[name=next]"))
    assert [tag.get_text() for tag in page.select("#groups th a")] == [one.name]


def test_waiting_costs_one_query_for_every_role(django_assert_num_queries):
    season = make.open_season(window=3)
    group = make.published_group(season)
    make.dated_group(season)
    make.offered(make.waiting(season), group)
    make.waiting(season)
    make.asked_network()
    day = clock.today()
    users = (people.worker(), people.manager(), group.supervisor, people.coordinator())
    for user in users:
        user._standings = {}
        waiting_for(user, day)
        with django_assert_num_queries(1):
            waiting_for(user, day)


def test_waiting_names_what_each_role_has_to_do():
    season = make.open_season(window=3)
    group = make.published_group(season, members=2)
    make.dated_group(season)
    offered, waiting = make.waiting(season), make.waiting(season)
    make.offered(offered, group)
    make.registered(season)
    make.asked_network()
    make.accepted_network()
    session = make.recorded(make.first_session(group))
    second = group.sessions.select_related("meeting").get(number=2)

    def verbs(user, moment):
        with clock.at(moment):
            return sorted(str(item.verb) for item in waiting_for(user, clock.today()))

    now, late = clock.now(), second.meeting.ends_at
    assert verbs(offered.user, now) == ["Võta pakutud koht vastu või loobu"]
    assert verbs(waiting.user, now) == []
    assert verbs(people.worker(), now) == ["Registreeru supervisioonile"]
    assert verbs(make.members_of(group)[0], make.during(session)) == [
        "Anna kohtumise kohta tagasisidet"
    ]
    assert verbs(group.supervisor, late) == ["Märgi osalemine"]
    assert verbs(people.coordinator(), make.after_window(season)) == sorted(
        [
            "Lõpeta ja avalda grupid",
            "Otsusta võrgustiku supervisioon",
            "Paku vaba kohta",
            "Pane inimesed gruppidesse",
        ]
    )
    assert verbs(people.consultant(), now) == []
