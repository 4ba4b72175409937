from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from common.forms import posted
from common.htmx import render_page
from mentorship.actions import change_profile
from mentorship.forms import ProfileForm
from mentorship.models import MentorProfile
from mentorship.permissions import check_can_change_profile
from people.permissions import consultant_required


@consultant_required
def profile_change(request: HttpRequest) -> HttpResponse:
    """What the consultant knows best; the coordinator sees it beside their name."""
    check_can_change_profile(request.user)
    profile = MentorProfile.objects.filter(user=request.user).first()
    form = ProfileForm(
        posted(request),
        initial={
            "topics": profile.topics.all() if profile else [],
            "languages": profile.languages if profile else ["et"],
        },
    )
    if form.carried_out(lambda data: change_profile(**data, by=request.user)):
        messages.success(request, _("Saved. The coordinator sees it when a mentor is chosen."))
        return redirect("mentorship:overview")
    return render_page(request, "mentorship/profile_change.html", {"form": form})
