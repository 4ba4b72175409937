from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.forms import posted
from common.htmx import render_page
from meetings.actions import renew_feed, set_feed_text
from meetings.feed_kinds import kind_of, may_have
from meetings.feeds import feed_by_token, feed_response
from meetings.forms import FeedRenewForm, FeedTextForm
from meetings.models import Feed
from people.permissions import member_required


@login_not_required
@require_safe
def feed(request, token):
    found = feed_by_token(token)
    if found is None:
        raise Http404
    return feed_response(request, found)


@member_required
def feed_renew(request, kind=Feed.OWN, about=None):
    if not may_have(request.user, kind, about):
        raise Http404
    known = Feed.objects.filter(user=request.user, kind=kind, about=about).first()
    form = FeedRenewForm(posted(request), initial={"seen": known.mark if known else ""})
    if form.carried_out(
        lambda data: renew_feed(by=request.user, seen=data["seen"], kind=kind, about=about)
    ):
        messages.success(request, _("Your calendar has a new address. Use it in your programs."))
        return redirect(reverse("meetings:calendar") + "#feeds")
    return render_page(request, "meetings/feed_renew.html", {"form": form})


@member_required
def feed_text(request, pk):
    feed = get_object_or_404(Feed, pk=pk, user=request.user)
    kind = kind_of(feed.kind)
    if kind is None or not kind.has_text or not kind.allows(request.user, feed.about):
        raise Http404
    form = FeedTextForm(posted(request), initial={"text": feed.text})
    if form.carried_out(lambda data: set_feed_text(feed, text=data["text"], by=request.user)):
        messages.success(request, _("Your programs show it when they ask next time."))
        return redirect("meetings:calendar")
    return render_page(request, "meetings/feed_text.html", {"form": form})
