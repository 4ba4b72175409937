"""Who may stand in for whom: somebody who holds such a post or role themselves."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from people.models import Post, StaffRole, User, UserQuerySet


def stand_ins_for(person: User, day: date) -> UserQuerySet:
    """Return those who may stand in for `person` on `day`: with one of the same roles,
    or with a post of the same kind in the same municipality. One query.
    """
    this = OuterRef("pk")
    own_roles = StaffRole.objects.on(day).filter(user=person).values("role")
    fitting = Q(Exists(StaffRole.objects.on(day).filter(user=this, role__in=own_roles)))
    for kind in Post.Kind.values:
        places = Post.objects.on(day).filter(user=person, kind=kind).values("municipality")
        same = Post.objects.on(day).filter(user=this, kind=kind, municipality__in=places)
        fitting |= Q(Exists(same))
    return User.objects.filter(fitting, is_active=True).exclude(pk=person.pk).in_order()
