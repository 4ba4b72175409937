"""Forms by which people and their posts, roles, areas, absences and invitations are changed."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from outbox.models import Message, Status
from people import actions
from people.forms import (
    AbsenceForm,
    AddPersonForm,
    AreaForm,
    EndForm,
    InviteForm,
    JoinForm,
    PersonForm,
    PersonWithoutLoginForm,
    PostForm,
    RoleForm,
)
from people.invitations import Fault, fault_of, invitation_by_token
from people.models import Absence, Invitation, Post, ServiceArea, StaffRole, User
from people.permissions import (
    check_can_change_absence,
    check_can_change_address,
    check_can_change_areas,
    check_can_change_person,
    check_can_change_post,
    check_can_change_role,
    check_can_have_record,
    check_can_resend_message,
    check_can_see_absences,
    check_can_send_invitation,
    coordinator_required,
    inviter_required,
    keeper_required,
    member_required,
    roles_given_by,
)
from people.stand_ins import stand_ins_for
from people.standing import standing_of


PAGE = 30


# --- invitations ----------------------------------------------------------------------------


@inviter_required
def person_invite(request):
    standing = standing_of(request.user)
    form = InviteForm(posted(request), standing=standing, roles=roles_given_by(request.user))
    if form.carried_out(
        lambda data: actions.invite_person(
            email=data["email"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            language=data["language"],
            **form.held(data),
            by=request.user,
        )
    ):
        person = form.result
        if person.has_login:
            text = _("%(name)s was known already: the post was added and a letter sent.")
        else:
            text = _("The invitation was sent. The link works for 14 days. Name: %(name)s")
        messages.success(request, text % {"name": person.name})
        return redirect(person)
    return render_page(request, "people/person_invite.html", {"form": form})


@inviter_required
def person_add(request):
    standing = standing_of(request.user)
    form = AddPersonForm(posted(request), standing=standing)
    if form.carried_out(lambda data: _add_person(data, form.held(data), by=request.user)):
        messages.success(request, _("The person was added. Nothing was sent."))
        return redirect(form.result)
    return render_page(request, "people/person_add.html", {"form": form})


def _add_person(data: dict, held: dict, *, by: User) -> User:
    names = ("first_name", "last_name", "email", "phone", "language")
    del held["role"]
    return actions.add_person_without_login(**{n: data[n] for n in names}, **held, by=by)


@login_not_required
@never_cache
def invitation_accept(request, token):
    """The page behind the link of an invitation: the name is shown, a password is set."""
    invitation = invitation_by_token(token)
    fault = fault_of(invitation) if invitation else None
    if fault == Fault.USED and request.user == invitation.user:
        return redirect("home:desk")
    if invitation is None or fault:
        response = render_page(request, "people/invitation_closed.html", {"fault": fault})
        response.status_code = 410 if fault else 404
        return response
    form = JoinForm(posted(request))
    if form.carried_out(
        lambda data: actions.accept_invitation(invitation, password=data["password1"])
    ):
        login(request, form.result, "allauth.account.auth_backends.AuthenticationBackend")
        messages.success(request, _("Welcome! From now on you log in with your e-mail address."))
        return redirect("home:desk")
    response = render_page(
        request,
        "people/invitation_accept.html",
        {"form": form, "person": invitation.user},
    )
    # The address of this page lets somebody in: an answer of 422 would write it to the log.
    response._has_been_logged = True
    return response


@inviter_required
def invitation_list(request):
    """Links that were sent and not yet used."""
    invitations = (
        Invitation.objects.visible_to(request.user).open().select_related("user", "invited_by")
    )
    page = Paginator(invitations, PAGE).get_page(request.GET.get("page"))
    return render_page(request, "people/invitation_list.html", {"page": page})


@inviter_required
def invitation_resend(request, pk):
    invitation = _invitation(request, pk)
    check_can_send_invitation(request.user, invitation.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: actions.resend_invitation(invitation, by=request.user)):
        messages.success(request, _("A new link was sent; the old one does not work any more."))
        return redirect("people:invitation-list")
    return render_page(
        request, "people/invitation_resend.html", {"form": form, "invitation": invitation}
    )


@inviter_required
def invitation_revoke(request, pk):
    invitation = _invitation(request, pk)
    check_can_send_invitation(request.user, invitation.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: actions.revoke_invitation(invitation, by=request.user)):
        messages.success(request, _("The invitation was withdrawn: the link does not work."))
        return redirect("people:invitation-list")
    return render_page(
        request, "people/invitation_revoke.html", {"form": form, "invitation": invitation}
    )


def _invitation(request, pk) -> Invitation:
    return get_object_or_404(
        Invitation.objects.visible_to(request.user).select_related("user", "invited_by"), pk=pk
    )


@inviter_required
def invitation_send(request, pk):
    """Send a link to somebody who was added without one."""
    person = _visible(request, pk)
    check_can_send_invitation(request.user, person)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: actions.send_invitation(person, by=request.user)):
        messages.success(request, _("The invitation was sent. The link works for 14 days."))
        return redirect(person)
    return render_page(request, "people/invitation_send.html", {"form": form, "person": person})


# --- people ---------------------------------------------------------------------------------


def profile(request):
    """Everyone's own data, whatever their posts."""
    person = request.user
    form = PersonForm(posted(request), initial=_own_data(person))
    if form.carried_out(lambda data: actions.change_person(person, **data, by=request.user)):
        messages.success(request, _("Your data were saved."))
        return redirect("people:profile")
    has_record = can(check_can_have_record, person)
    return render_page(
        request, "people/profile.html", {"form": form, "person": person, "has_record": has_record}
    )


@keeper_required
def person_change(request, pk):
    person = _visible(request, pk)
    check_can_change_person(request.user, person)
    has_address = not person.has_login and can(check_can_change_address, request.user, person)
    kind = PersonWithoutLoginForm if has_address else PersonForm
    form = kind(posted(request), initial=_own_data(person) | {"email": person.email})
    if form.carried_out(lambda data: actions.change_person(person, **data, by=request.user)):
        messages.success(request, _("The data were saved."))
        return redirect(person)
    return render_page(request, "people/person_change.html", {"form": form, "person": person})


def _own_data(person: User) -> dict:
    names = ("first_name", "last_name", "phone", "language")
    return {name: getattr(person, name) for name in names} | {
        "seen": actions.mark_of_person(person)
    }


def _visible(request, pk) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


# --- posts, roles, service areas ------------------------------------------------------------


@inviter_required
def post_add(request, pk):
    person = _visible(request, pk)
    form = PostForm(posted(request), standing=standing_of(request.user))
    return _period_add(request, person, form, actions.add_post, _("Add a post"))


@inviter_required
def post_end(request, pk):
    post = get_object_or_404(
        Post.objects.filter(user__in=User.objects.visible_to(request.user)).select_related(
            "user", "municipality"
        ),
        pk=pk,
    )
    check_can_change_post(request.user, post.municipality, post.kind)
    what = f"{post.get_kind_display()}, {post.municipality}"
    return _period_end(request, post, post.user, what, actions.end_post, _("End the post"))


@keeper_required
def role_add(request, pk):
    person = _visible(request, pk)
    form = RoleForm(posted(request), roles=roles_given_by(request.user))
    return _period_add(request, person, form, actions.add_role, _("Give a role"))


@keeper_required
def role_end(request, pk):
    given = get_object_or_404(StaffRole.objects.select_related("user"), pk=pk)
    check_can_change_role(request.user, given.role)
    what = given.get_role_display()
    return _period_end(request, given, given.user, what, actions.end_role, _("End the role"))


@coordinator_required
def area_add(request, pk):
    consultant = _visible(request, pk)
    check_can_change_areas(request.user)
    form = AreaForm(posted(request))
    return _period_add(request, consultant, form, actions.add_area, _("Give a municipality"))


@coordinator_required
def area_end(request, pk):
    area = get_object_or_404(
        ServiceArea.objects.select_related("consultant", "municipality"), pk=pk
    )
    check_can_change_areas(request.user)
    what = area.municipality.name
    title = _("End the service of a municipality")
    return _period_end(request, area, area.consultant, what, actions.end_area, title)


def _period_add(request: HttpRequest, person: User, form, action, title: str) -> HttpResponse:
    def add(data: dict):
        facts = {name: value for name, value in data.items() if name != "new_id"}
        return action(person, **facts, pk=data["new_id"], by=request.user)

    if form.carried_out(add):
        messages.success(request, _("Saved."))
        return redirect(person)
    return render_page(
        request, "people/period_add.html", {"form": form, "person": person, "title": title}
    )


def _period_end(
    request: HttpRequest, period, person: User, what: str, action, title: str
) -> HttpResponse:
    form = EndForm(posted(request))
    if form.carried_out(lambda data: action(period, ends_on=data["ends_on"], by=request.user)):
        messages.success(request, _("Saved."))
        return redirect(_home_of(request, person))
    return render_page(
        request,
        "people/period_end.html",
        {"form": form, "person": person, "period": period, "what": what, "title": title},
    )


def _home_of(request: HttpRequest, person: User) -> str:
    """The person's page, or the list when their page is out of sight from now on."""
    visible = User.objects.visible_to(request.user).filter(pk=person.pk).exists()
    return person.get_absolute_url() if visible else reverse("people:overview")


# --- absences -------------------------------------------------------------------------------


@member_required
def absence_list(request, pk):
    person = get_object_or_404(
        User.objects.visible_to(request.user).prefetch_related("posts"), pk=pk
    )
    check_can_see_absences(request.user, person)
    today = clock.today()
    rows = person.absences.select_related("stand_in").order_by("-starts_on")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render_page(
        request,
        "people/absence_list.html",
        {
            "person": person,
            "page": page,
            "today": today,
            "is_own": person == request.user,
            "can_change": can(check_can_change_absence, request.user, person),
        },
    )


@member_required
def absence_add(request, pk):
    person = _visible(request, pk)
    check_can_change_absence(request.user, person)
    form = AbsenceForm(posted(request), candidates=stand_ins_for(person, clock.today()))

    def add(data: dict) -> Absence:
        facts = {name: value for name, value in data.items() if name != "new_id"}
        return actions.add_absence(person, **facts, pk=data["new_id"], by=request.user)

    if form.carried_out(add):
        messages.success(request, _("The absence was entered."))
        return redirect("people:absence-list", person.pk)
    return render_page(request, "people/absence_add.html", {"form": form, "person": person})


@member_required
def absence_remove(request, pk):
    absence = get_object_or_404(
        Absence.objects.filter(user__in=User.objects.visible_to(request.user)).select_related(
            "user", "stand_in"
        ),
        pk=pk,
    )
    check_can_change_absence(request.user, absence.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: actions.remove_absence(absence, by=request.user)):
        messages.success(request, _("Saved."))
        return redirect("people:absence-list", absence.user_id)
    return render_page(
        request,
        "people/absence_remove.html",
        {"form": form, "absence": absence, "begun": absence.starts_on < clock.today()},
    )


# --- mail -----------------------------------------------------------------------------------


@coordinator_required
def message_resend(request, pk):
    message = get_object_or_404(Message.objects.defer("body").select_related("recipient"), pk=pk)
    check_can_resend_message(request.user)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: actions.resend_message(message, by=request.user)):
        messages.success(request, _("The mail is tried again."))
        return redirect("people:message-list")
    return render_page(
        request,
        "people/message_resend.html",
        {
            "form": form,
            "message": message,
            "tries": message.tries.all(),
            "waits": message.status == Status.WAITING,
        },
    )
