"""The secret addresses of a person's calendar feeds, and what they show."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from meetings.feed_kinds import may_have
from meetings.models import Feed
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
    if not may_have(by, kind, about):
        raise PermissionDenied(_("This calendar is not for you."))
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
    if feed.user_id != by.pk or not may_have(by, feed.kind, feed.about):
        raise PermissionDenied(_("This calendar is not for you."))
    feed.text = text
    feed.save(update_fields=["text"])
    record("meetings.feed_text_set", by=by, subject=feed, text=text)
    return feed
