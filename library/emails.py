"""Mails about the library: the name of a material, which is no secret, and a link."""

from django.urls import reverse

from common import clock
from library.models import Material
from outbox.compose import absolute, compose
from people.models import StaffRole, User
from people.standing import standing_of


def link_broken(material: Material) -> int:
    """Write, once for each failing, to whoever added the material, or to the coordinators when
    that person keeps the library no more; return how many mails that made.
    """
    keepers = [material.added_by]
    if not (material.added_by.is_active and standing_of(material.added_by).is_board):
        keepers = list(User.objects.with_role(StaffRole.Role.COORDINATOR, clock.today()))
    sent = [
        compose(
            "library.link_broken",
            to=keeper,
            once_key=f"link_broken:{material.pk}:{material.link_failing_since:%Y%m%dT%H%M%S}:"
            f"{keeper.pk}",
            may_wait=True,
            material=material,
            link=absolute(reverse("library:material-change", args=[material.pk])),
        )
        for keeper in keepers
    ]
    return len([message for message in sent if message])
