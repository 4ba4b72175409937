"""How a person is told of things, and what is still to come."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import posted
from common.htmx import render_page
from outbox.models import Message, Preference, Status
from outbox.quiet import loud_from, next_digest
from people.actions import change_telling
from people.forms import TellingForm
from people.models import User


PAGE = 30


def telling_change(request):
    """Everyone's own choice, whatever their posts."""
    preference = Preference.of(request.user)
    form = TellingForm(posted(request), initial=_chosen(preference))
    if form.carried_out(lambda data: change_telling(**data, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("people:telling-change")
    page = Paginator(_to_come(request.user), PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "people/telling_change.html",
        {
            "form": form,
            "preference": preference,
            "digest_at": _digest_at(preference),
            "quiet_now_until": _quiet_now_until(preference),
            "page": page,
            "coming": [
                {"subject": each.subject, "language": each.language, "at": _comes(each, preference)}
                for each in page
            ],
        },
    )


def _chosen(preference: Preference) -> dict[str, Any]:
    return {name: getattr(preference, name) for name in TellingForm.base_fields}


def _to_come(user: User):
    """Mails to the person that are put off, the next one first."""
    return (
        Message.objects.pending()
        .filter(recipient=user, send_after__gt=clock.now())
        .defer("body", "link")
        .order_by("send_after", "composed_at")
    )


def _comes(message: Message, preference: Preference):
    """The summary mail keeps to the quiet hours like any other."""
    if message.status == Status.GATHERING:
        return loud_from(preference, message.send_after)
    return message.send_after


def _digest_at(preference: Preference):
    if preference.digest == Preference.Digest.NONE:
        return None
    return loud_from(preference, next_digest(preference, clock.now()))


def _quiet_now_until(preference: Preference):
    now = clock.now()
    until = loud_from(preference, now)
    return until if until > now else None
