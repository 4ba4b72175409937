"""A person's calendar feed: found by its secret address, written only when it changed."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag

from common import clock
from meetings.ical import EventFacts, calendar_text, facts_of, fingerprint
from meetings.models import Feed, Meeting
from outbox.compose import absolute
from people.models import hash_token


NAME = "Toetuspakett"


def feed_by_token(token: str) -> Feed | None:
    """Return the feed that a secret address names, or None when it does not answer (any more)."""
    feed = Feed.objects.select_related("user").filter(token_hash=hash_token(token)).first()
    return feed if feed and feed.works else None


def feed_address(feed: Feed) -> str:
    """Return the full secret address, for the owner's eyes."""
    return absolute(reverse("meetings:feed", args=[feed.token]))


def feed_facts(feed: Feed) -> list[EventFacts]:
    """Return all events of a feed, in its owner's language. One query."""
    meetings = (
        Meeting.objects.visible_to(feed.user)
        .in_feeds()
        .with_answer_of(feed.user)
        .with_service_rows()
    )
    with translation.override(feed.user.language):
        return [facts_of(meeting, answer=meeting.own_answer) for meeting in meetings]


def feed_response(request: HttpRequest, feed: Feed) -> HttpResponse:
    """Answer with the calendar, or 304 when the reader has this very one."""
    events = feed_facts(feed)
    mark = fingerprint(events, name=NAME)
    etag, modified = quote_etag(mark), _last_modified(feed, mark)
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = calendar_response(calendar_text(events, name=NAME), "toetuspakett.ics")
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
