"""Somebody whose posts and roles all end: until when they are there, and who may follow them."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from people.models import Post, StaffRole, User, UserQuerySet


def last_day_of(person: User) -> date | None:
    """Return the last day on which the person has a post or role; None when there is no such
    day: one goes on, or there never was one. Two queries, none when they are prefetched.
    """
    ends = [period.ends_on for period in (*person.posts.all(), *person.staff_roles.all())]
    return None if None in ends else max(ends, default=None)


def leaving_by(day: date) -> UserQuerySet:
    """Return those who had a post or role, and have none after `day`."""
    this = OuterRef("pk")
    after = Q(ends_on__isnull=True) | Q(ends_on__gt=day)
    had, has = Q(), Q()
    for periods in (Post.objects.filter(user=this), StaffRole.objects.filter(user=this)):
        had |= Q(Exists(periods))
        has |= Q(Exists(periods.filter(after)))
    return User.objects.filter(had).exclude(has)


def successors_of(person: User, day: date) -> UserQuerySet:
    """Return those who on `day` hold one of the roles that `person` holds or has held, or
    such a post in the same municipality. One query.
    """
    this = OuterRef("pk")
    roles = StaffRole.objects.filter(user=person).values("role")
    fitting = Q(Exists(StaffRole.objects.on(day).filter(user=this, role__in=roles)))
    for kind in Post.Kind.values:
        places = Post.objects.filter(user=person, kind=kind).values("municipality")
        same = Post.objects.on(day).filter(user=this, kind=kind, municipality__in=places)
        fitting |= Q(Exists(same))
    return User.objects.filter(fitting, is_active=True).exclude(pk=person.pk).in_order()
