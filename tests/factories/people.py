"""People for tests. Everyone is plainly invented; each call makes another person."""

from datetime import date
from itertools import count

from people.models import Absence, Municipality, Post, ServiceArea, StaffRole, User


_number = count(1)
LONG_AGO = date(2020, 1, 1)


def municipality(name: str = "Elva vald") -> Municipality:
    return Municipality.objects.get(name=name)


def person(first_name: str = "", last_name: str = "", **fields) -> User:
    n = next(_number)
    first_name = first_name or f"Eesnimi{n}"
    last_name = last_name or f"Perenimi{n}"
    fields.setdefault("email", f"inimene{n}@test.example")
    return User.objects.create_user(
        password="a-long-password", first_name=first_name, last_name=last_name, **fields
    )


def worker(place: str = "Elva vald", *, since: date = LONG_AGO, **fields) -> User:
    user = person(**fields)
    Post.objects.create(
        user=user, municipality=municipality(place), kind=Post.Kind.WORKER, starts_on=since
    )
    return user


def post(user: User, place: str = "Elva vald", *, kind: str = "worker") -> Post:
    return Post.objects.create(
        user=user, municipality=municipality(place), kind=kind, starts_on=LONG_AGO
    )


def manager(place: str = "Elva vald", *, since: date = LONG_AGO, **fields) -> User:
    user = person(**fields)
    Post.objects.create(
        user=user, municipality=municipality(place), kind=Post.Kind.MANAGER, starts_on=since
    )
    return user


def consultant(*places: str, since: date = LONG_AGO, **fields) -> User:
    """A consultant who serves these municipalities (Elva vald when none is named)."""
    user = _staff(StaffRole.Role.CONSULTANT, since, **fields)
    for place in places or ("Elva vald",):
        ServiceArea.objects.create(
            consultant=user, municipality=municipality(place), starts_on=since
        )
    return user


def supervisor(**fields) -> User:
    return _staff(StaffRole.Role.SUPERVISOR, LONG_AGO, **fields)


def coordinator(**fields) -> User:
    return _staff(StaffRole.Role.COORDINATOR, LONG_AGO, **fields)


def administrator(**fields) -> User:
    return _staff(StaffRole.Role.ADMINISTRATOR, LONG_AGO, **fields)


def absence(user: User, first: date, last: date | None, *, stand_in: User | None = None) -> Absence:
    return Absence.objects.create(user=user, starts_on=first, ends_on=last, stand_in=stand_in)


def _staff(role: str, since: date, **fields) -> User:
    user = person(**fields)
    StaffRole.objects.create(user=user, role=role, starts_on=since)
    return user
