"""Every page of supervision opens for whom it is for, with few queries, and hides what it must."""

import pytest
from django.urls import reverse

from common import clock
from tests.factories import people
from tests.factories import supervision as make


pytestmark = pytest.mark.django_db


def test_pages_open_for_the_coordinator(client_of):
    season = make.open_season()
    group = make.published_group(season, members=2)
    draft = make.dated_group(season)
    registration = make.registered(season)
    waiting = make.waiting(season)
    network = make.asked_network()
    client = client_of(people.coordinator())
    member = group.memberships.first()
    pages = [
        reverse("supervision:overview"),
        reverse("supervision:season-new"),
        season.get_absolute_url(),
        *[
            reverse(f"supervision:{name}", args=[season.pk])
            for name in (
                "season-open",
                "season-change",
                "season-end",
                "season-groups-csv",
                "season-feedback",
                "registration-list",
                "registration-enter",
                "waiting-list",
                "group-new",
            )
        ],
        *[
            reverse(f"supervision:{name}", args=[registration.pk])
            for name in ("registration-withdraw", "registration-queue", "member-place")
        ],
        reverse("supervision:place-offer", args=[waiting.pk]),
        group.get_absolute_url(),
        draft.get_absolute_url(),
        *[
            reverse(f"supervision:{name}", args=[draft.pk])
            for name in ("group-change", "group-publish", "group-end", "members-place")
        ],
        reverse("supervision:session-date", args=[draft.pk, 2]),
        *[
            reverse(f"supervision:{name}", args=[member.pk])
            for name in ("member-move", "member-remove")
        ],
        make.first_session(group).get_absolute_url(),
        reverse("supervision:session-attendance", args=[make.first_session(group).pk]),
        reverse("supervision:network-list"),
        network.get_absolute_url(),
        *[
            reverse(f"supervision:{name}", args=[network.pk])
            for name in ("network-accept", "network-decline", "network-date", "network-withdraw")
        ],
    ]

    statuses = {page: client.get(page).status_code for page in pages}

    assert statuses == dict.fromkeys(pages, 200)


def test_pages_open_for_a_member_and_the_supervisor(client_of):
    season = make.open_season()
    group = make.published_group(season, members=2)
    session = make.recorded(make.first_session(group))
    member = make.members_of(group)[0]
    network = make.dated_network()

    own = [
        reverse("supervision:overview"),
        season.get_absolute_url(),
        group.get_absolute_url(),
        session.get_absolute_url(),
        reverse("supervision:session-feedback", args=[session.pk]),
        reverse("supervision:network-list"),
        reverse("supervision:network-ask"),
    ]
    led = [
        reverse("supervision:overview"),
        season.get_absolute_url(),
        group.get_absolute_url(),
        session.get_absolute_url(),
        reverse("supervision:session-attendance", args=[session.pk]),
        reverse("supervision:supervisor-hours"),
    ]
    network_pages = [
        network.get_absolute_url(),
        reverse("supervision:network-guest", args=[network.pk]),
        reverse("supervision:network-hold", args=[network.pk]),
    ]
    visits = [
        *[(member, page) for page in own],
        *[(group.supervisor, page) for page in led],
        *[(network.supervisor, page) for page in network_pages],
        (people.manager(), reverse("supervision:own-people")),
        (people.worker(), reverse("supervision:season-register", args=[season.pk])),
    ]

    with clock.at(make.during(session)):
        found = [client_of(user).get(page).status_code for user, page in visits]

    assert found == [200] * len(visits)
