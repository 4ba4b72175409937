"""A person's calendar feed: found by its secret address, written only when it changed."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag

from common import clock
from meetings.feed_kinds import as_told, kind_of, may_have, offered_to
from meetings.ical import EventFacts, calendar_text, fingerprint
from meetings.models import Feed
from outbox.compose import absolute
from people.models import User, hash_token


NAME = "Toetuspakett"


def feed_by_token(token: str) -> Feed | None:
    """Return the feed that a secret address names, or None when it does not answer (any more)."""
    feed = Feed.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    if feed is None or not feed.works or not may_have(feed.user, feed.kind, feed.about):
        return None
    return feed


def feed_address(feed: Feed) -> str:
    """Return the full secret address, for the owner's eyes."""
    return absolute(reverse("meetings:feed", args=[feed.token]))


def feed_name(feed: Feed) -> str:
    """Return what programs call the calendar, in its owner's language."""
    kind = kind_of(feed.kind)
    if kind is None or feed.kind == Feed.OWN:
        return NAME
    with translation.override(feed.user.language):
        offered = kind.offered_to(feed.user)
        names = [each.name for each in offered if each.about == feed.about]
    return ": ".join([NAME, *names])


def feed_facts(feed: Feed) -> list[EventFacts]:
    """Return all events of a feed, in its owner's language. At most two queries."""
    kind = kind_of(feed.kind)
    if kind is None:
        return []
    with translation.override(feed.user.language):
        events = kind.facts(feed.user, feed.about)
        return [as_told(facts, feed.text) for facts in events] if kind.has_text else events


def feeds_of(user: User) -> list[dict]:
    """Return every feed that a person may have, with its address if it was made."""
    made = {(feed.kind, feed.about): feed for feed in Feed.objects.filter(user=user)}
    found: list[dict] = []
    for offered in offered_to(user):
        feed, kind = made.get((offered.kind, offered.about)), kind_of(offered.kind)
        of = [offered.kind, offered.about] if offered.about else []
        found.append(
            {
                "name": offered.name,
                "id": f"feed-address-{len(found)}" if found else "feed-address",
                "is_own": offered.kind == Feed.OWN,
                "feed": feed,
                "address": feed_address(feed) if feed else "",
                "has_text": kind is not None and kind.has_text,
                "renew_url": reverse("meetings:feed-renew", args=of),
            }
        )
    return found


def feed_response(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Answer with the calendar, or 304 when the reader has this very one."""
    events, name = feed_facts(feed), feed_name(feed)
    mark = fingerprint(events, name=name)
    etag, modified = quote_etag(mark), _last_modified(feed, mark)
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = calendar_response(calendar_text(events, name=name), "toetuspakett.ics")
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified)
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, private=True, no_cache=True)
    return response


def calendar_response(text: bytes, filename: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _last_modified(feed: Feed, mark: str) -> int:
    """Return the second since which the feed reads as it does, as far as anyone has asked.

    The rows cannot tell: a meeting from which the person was removed has left no
    row of theirs. Forgotten, it is now, and the reader gets the whole calendar once more.
    """
    key = f"feed-modified:{feed.pk}"
    known_mark, known_since = cache.get(key, ("", 0))
    if known_mark == mark:
        return known_since
    # Two changes within a second must still differ.
    since = max(int(clock.now().timestamp()), known_since + 1)
    cache.set(key, (mark, since), timeout=None)
    return since
