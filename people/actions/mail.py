"""The one deed about the outbox, which itself knows neither people nor the journal."""

from django.db import transaction
from django.utils.translation import gettext as _

from common.refusal import Refused
from journal.record import record
from outbox.models import Message
from outbox.tasks import put_back
from people.models import User
from people.permissions import check_can_resend_message


@transaction.atomic
def resend_message(message: Message, *, by: User) -> None:
    """Have a mail that could not be sent tried again now.

    Raises Refused unless it has failed or pauses between attempts, and when it would come
    too late.
    """
    check_can_resend_message(by)
    if not put_back(message.pk):
        raise Refused(_("Nothing to try again: the mail was sent or comes too late."))
    record("people.message_resent", by=by, subject=message)
