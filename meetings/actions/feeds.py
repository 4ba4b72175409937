"""The secret address of a person's calendar feed."""

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.models import Feed
from people.models import User, hash_token, new_token


@transaction.atomic
def renew_feed(*, by: User, seen: str | None = None) -> Feed:
    """Give the person's calendar feed a new address; the old one stops working at once.

    Also makes the first one. `seen` is the `mark` of the address that the person
    saw ("" for none); Refused when it was renewed meanwhile.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    feed = Feed.objects.filter(user=by).first() or Feed(user=by)
    if seen is not None and seen != feed.mark:
        raise Refused(_("The address has already been renewed. Your calendar shows the new one."))
    feed.token = new_token()
    feed.token_hash = hash_token(feed.token)
    feed.renewed_at = clock.now()
    feed.save()
    record("meetings.feed_renewed", by=by, subject=feed)
    return feed
