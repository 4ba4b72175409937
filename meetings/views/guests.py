from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import posted
from common.htmx import render_page
from meetings.actions import answer_invitation
from meetings.forms import AnswerForm
from meetings.guests import guest_by_token
from meetings.services import service_of


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_answer(request, token):
    invitee = guest_by_token(token)
    if invitee is None:
        raise Http404
    # A guest has no account that would know the language, but the invitation does.
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(invitee.language)
        request.LANGUAGE_CODE = invitee.language
    form = AnswerForm(posted(request))
    if form.carried_out(lambda data: answer_invitation(invitee, answer=data["answer"], by=None)):
        messages.success(request, _("Thank you, your answer is noted."))
        response = redirect("meetings:guest-answer", token=token)
    else:
        meeting = invitee.meeting
        response = render_page(
            request,
            "meetings/guest_answer.html",
            {
                "invitee": invitee,
                "meeting": meeting,
                "title": service_of(meeting).title(meeting, None),
                "form": form,
            },
        )
    response["Content-Language"] = request.LANGUAGE_CODE
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": with it browsers send "Origin: null", and no form of the page works.
    response["Referrer-Policy"] = "same-origin"
    add_never_cache_headers(response)
    return response
