"""One mail from the service's mailbox: read, judged, taken or not."""

from django.conf import settings

from meetings.actions import take_reply
from meetings.actions.replies import noted
from meetings.itip import NoReply, NotTaken, UnknownAnswer, fingerprint, read_reply
from meetings.models import IncomingMail


def receive(mail: bytes) -> IncomingMail | None:
    """Take a calendar reply; return its line, or None for a mail without a calendar.

    `mail` is the whole e-mail as it came. Receiving it again changes nothing.
    """
    try:
        reply = read_reply(mail, authserv_id=settings.MAIL_AUTHSERV_ID)
    except NoReply:
        return None
    except UnknownAnswer:
        return noted(fingerprint(mail), IncomingMail.Outcome.UNKNOWN)
    except NotTaken:
        return noted(fingerprint(mail), IncomingMail.Outcome.UNREADABLE)
    return take_reply(reply)
