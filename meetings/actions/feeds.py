"""The secret addresses of a person's calendar feeds, and what they show."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.models import Feed
from meetings.permissions import check_can_have_feed, check_can_set_feed_text
from people.models import User, hash_token, new_token


@transaction.atomic
def renew_feed(
    *,
    by: User,
    seen: str | None = None,
    kind: str = Feed.OWN,
    about: uuid.UUID | None = None,
) -> Feed:
    """Give a calendar feed of the person's a new address; the old one stops working at once.

    Also makes the first one. `seen` is the `mark` of the address that the person
    saw ("" for none). Raises PermissionDenied for a feed that is not theirs to have;
    Refused when it was renewed meanwhile.
    """
    check_can_have_feed(by, kind, about)
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    known = Feed.objects.filter(user=by, kind=kind, about=about).first()
    feed = known or Feed(user=by, kind=kind, about=about)
    if seen is not None and seen != feed.mark:
        raise Refused(_("The address has already been renewed. Your calendar shows the new one."))
    feed.token = new_token()
    feed.token_hash = hash_token(feed.token)
    feed.renewed_at = clock.now()
    feed.save()
    record("meetings.feed_renewed", by=by, subject=feed, of=kind, about=about)
    return feed


@transaction.atomic
def set_feed_text(feed: Feed, *, text: str, by: User) -> Feed:
    """Choose how much text a feed shows; its address stays. Raises PermissionDenied."""
    feed = Feed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    check_can_set_feed_text(by, feed)
    feed.text = text
    feed.save(update_fields=["text"])
    record("meetings.feed_text_set", by=by, subject=feed, text=text)
    return feed
