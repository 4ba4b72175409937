from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.forms import posted
from common.htmx import render_page
from meetings.actions import renew_feed
from meetings.feeds import feed_by_token, feed_response
from meetings.forms import FeedRenewForm
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
def feed_renew(request):
    own = Feed.objects.filter(user=request.user).first()
    form = FeedRenewForm(posted(request), initial={"seen": own.mark if own else ""})
    if form.carried_out(lambda data: renew_feed(by=request.user, seen=data["seen"])):
        messages.success(request, _("Your calendar has a new address. Use it in your programs."))
        return redirect("meetings:calendar")
    return render_page(request, "meetings/feed_renew.html", {"form": form})
