from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.forms import ActionForm, posted
from common.htmx import render_page
from people.permissions import coordinator_required
from supervision.actions import move_member, place_member, place_members, remove_member
from supervision.forms import ChooseGroupForm, MembersForm
from supervision.models import Group, Membership, Registration
from supervision.workflow import RegistrationStatus


@coordinator_required
def members_place(request, pk):
    """Choose whom of the registered and waiting to put into a group; their wishes stand there."""
    group = get_object_or_404(
        Group.objects.visible_to(request.user).with_seats().select_related("season"), pk=pk
    )
    unplaced = (
        Registration.objects.visible_to(request.user)
        .filter(
            season=group.season,
            status__in=[RegistrationStatus.REGISTERED, RegistrationStatus.WAITING],
        )
        .select_related("user", "municipality")
        .order_by("registered_at", "id")
    )
    form = MembersForm(posted(request), registrations=unplaced)
    if form.carried_out(lambda data: place_members(group, data["registrations"], by=request.user)):
        text = ngettext(
            "%(n)s person is in the group.", "%(n)s people are in the group.", form.result
        )
        messages.success(request, text % {"n": form.result})
        return redirect(group)
    chosen = set(form.data.getlist("registrations")) if form.is_bound else set()
    rows = [{"registration": each, "chosen": str(each.pk) in chosen} for each in unplaced]
    return render_page(
        request,
        "supervision/members_place.html",
        {"group": group, "form": form, "rows": rows, "free": group.capacity - group.taken},
    )


@coordinator_required
def member_place(request, pk):
    """Choose a group for one person."""
    registration = get_object_or_404(
        Registration.objects.visible_to(request.user).select_related(
            "user", "season", "municipality"
        ),
        pk=pk,
    )
    form = ChooseGroupForm(posted(request), groups=_groups(request, registration))
    if form.carried_out(lambda data: place_member(data["group"], registration, by=request.user)):
        messages.success(request, _("In the group: %(name)s") % {"name": registration.user.name})
        return redirect(form.result.group)
    return render_page(
        request, "supervision/member_place.html", {"registration": registration, "form": form}
    )


@coordinator_required
def member_move(request, pk):
    membership = _membership(request, pk)
    groups = _groups(request, membership.registration).exclude(pk=membership.group_id)
    form = ChooseGroupForm(posted(request), groups=groups)
    if form.carried_out(lambda data: move_member(membership, data["group"], by=request.user)):
        messages.success(
            request, _("Moved: %(name)s") % {"name": membership.registration.user.name}
        )
        return redirect(form.result.group)
    return render_page(
        request, "supervision/member_move.html", {"membership": membership, "form": form}
    )


@coordinator_required
def member_remove(request, pk):
    membership = _membership(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: remove_member(membership, by=request.user)):
        messages.success(
            request,
            _("No longer in the group: %(name)s") % {"name": membership.registration.user.name},
        )
        return redirect(membership.group)
    return render_page(
        request, "supervision/member_remove.html", {"membership": membership, "form": form}
    )


def _groups(request, registration):
    """Groups of the season that have not ended; full ones too, so that they can be seen."""
    rows = Group.objects.visible_to(request.user).filter(season=registration.season_id)
    return rows.exclude(status="ended").with_seats().order_by("name")


def _membership(request, pk):
    return get_object_or_404(
        Membership.objects.filter(
            group__in=Group.objects.visible_to(request.user), ends_on__isnull=True
        ).select_related("group__season", "registration__user", "registration__municipality"),
        pk=pk,
    )
