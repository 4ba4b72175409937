"""The administrator's desk: accounts, invitations and mails; no content of any service."""

from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from home.desks.figure import DeskFigure
from home.wording import long_day
from outbox.models import Message, Status
from people.models import Invitation, User
from people.standing import Standing


def administrator_desk(user: User, standing: Standing) -> dict[str, Any]:
    """Three queries: accounts, open invitations, mails that did not go out."""
    accounts = User.objects.filter(is_active=True).aggregate(
        people=Count("pk"), with_login=Count("pk", filter=Q(last_login__isnull=False))
    )
    invitations = Invitation.objects.filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now()
    ).count()
    failed = Message.objects.filter(status=Status.FAILED).count()
    return {
        "meta": long_day(standing.day),
        "figures": [
            DeskFigure(
                label=_("People"),
                value=accounts["people"],
                note=_("All people"),
                url=reverse("people:person-list"),
            ),
            DeskFigure(label=_("Have logged in"), value=accounts["with_login"]),
            DeskFigure(
                label=_("Open invitations"),
                value=invitations,
                note=_("Invitations"),
                url=reverse("people:invitation-list"),
            ),
            DeskFigure(
                label=_("Mails that failed"),
                value=failed,
                note=_("Mails"),
                url=reverse("admin:outbox_message_changelist"),
            ),
        ],
    }
