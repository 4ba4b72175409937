"""At which meetings of parallel groups somebody could sit who must miss one of their own."""

from django.db.models import Count, Q

from common import clock
from supervision.models import Form, Group, KeptApart, Registration, Session
from supervision.workflow import GroupStatus


def other_dates(registration: Registration, session: Session) -> list[Session]:
    """Return the meetings of the same round in other groups of the season that are to come, have
    a free chair, and are in a language and form the person takes. Three queries.

    Where somebody sits from whom they are kept apart is left out, and not said why.
    """
    free = Group.objects.filter(season=registration.season_id, status=GroupStatus.PUBLISHED)
    free = free.filter(language=registration.language).exclude(pk=session.group_id)
    if registration.form != Form.EITHER:
        free = free.filter(form=registration.form)
    pairs = KeptApart.objects.filter(Q(one=registration) | Q(other=registration))
    apart = {key for pair in pairs.values_list("one", "other") for key in pair} - {registration.pk}
    if apart:
        free = free.exclude(memberships__registration__in=apart, memberships__ends_on__isnull=True)
    groups = {group.pk: group for group in free.with_seats()}
    sessions = (
        Session.objects.filter(
            group__in=groups,
            number=session.number,
            meeting__status="confirmed",
            meeting__starts_at__gt=clock.now(),
        )
        .exclude(guests__registration__in=apart)
        .annotate(guest_number=Count("guests", distinct=True))
        .select_related("meeting", "group__supervisor")
        .order_by("meeting__starts_at", "pk")
    )
    return [
        each
        for each in sessions
        if groups[each.group_id].taken + each.guest_number < groups[each.group_id].capacity
    ]
