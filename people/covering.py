"""Which workers cover for each other, so that one is there when the other is away."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from people.models import Absence, Post, User


REMEMBERED = timedelta(days=365)
"""How long ago somebody stood in for another and still counts as covering for them."""


def covering(people: Iterable[User], day: date) -> dict[uuid.UUID, list[User]]:
    """Return, by a worker's key, the colleagues who cover for them on the day, and they for those.

    Two workers cover for each other when a municipality has no third one, and when either
    has stood in for the other within a year or is to do so. Two queries.
    """
    keys = {person.pk for person in people}
    own_places = Post.objects.on(day).filter(user__in=keys, kind=Post.Kind.WORKER)
    posts = (
        Post.objects.on(day)
        .filter(kind=Post.Kind.WORKER, municipality__in=own_places.values("municipality"))
        .select_related("user")
    )
    colleagues: dict[uuid.UUID, dict[uuid.UUID, User]] = defaultdict(dict)
    for post in posts:
        colleagues[post.municipality_id][post.user_id] = post.user
    known = {key for place in colleagues.values() for key in place}
    stood_in = {
        frozenset(pair)
        for pair in Absence.objects.filter(user__in=known, stand_in__in=known)
        .exclude(ends_on__lt=day - REMEMBERED)
        .values_list("user", "stand_in")
    }
    found: dict[uuid.UUID, dict[uuid.UUID, User]] = defaultdict(dict)
    for place in colleagues.values():
        for one in keys & place.keys():
            for other, person in place.items():
                alone = len(place) == 2
                if one != other and (alone or frozenset((one, other)) in stood_in):
                    found[one][other] = person
    return {key: list(others.values()) for key, others in found.items()}
