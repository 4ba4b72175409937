from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common.forms import ActionForm, posted
from common.htmx import render_page
from common.permissions import can
from journal.record import record
from meetings.actions import Guest, add_guest
from meetings.models import Poll
from meetings.permissions import check_can_change_meeting
from people.models import Municipality
from people.permissions import coordinator_required, member_required, municipal_required
from people.standing import standing_of
from supervision.actions import (
    accept_network,
    ask_network,
    date_network,
    decline_network,
    hold_network,
    withdraw_network,
)
from supervision.forms import (
    GuestForm,
    NetworkAcceptForm,
    NetworkAskForm,
    NetworkDateForm,
    NetworkDeclineForm,
    NetworkHoldForm,
)
from supervision.models import NetworkSupervision
from supervision.permissions import (
    check_can_date_network,
    check_can_decide_network,
    check_can_hold_network,
    check_can_read_network,
    check_can_withdraw_network,
)
from supervision.workflow import NETWORK, NetworkStatus


@member_required
def network_list(request):
    rows = NetworkSupervision.objects.visible_to(request.user).select_related(
        "municipality", "requester", "supervisor", "meeting"
    )
    standing = standing_of(request.user)
    return render_page(
        request,
        "supervision/network_list.html",
        {
            "page": Paginator(rows, 30).get_page(request.GET.get("page")),
            "can_ask": standing.is_worker or standing.is_manager,
        },
    )


@municipal_required
def network_ask(request):
    form = NetworkAskForm(posted(request))
    form.set_posts(
        list(Municipality.objects.filter(pk__in=standing_of(request.user).municipalities))
    )
    if form.carried_out(
        lambda data: ask_network(
            municipality=form.municipality(),
            purpose=data["purpose"],
            wish=data["wish"],
            people_expected=data["people_expected"],
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(request, _("The request is sent. The coordinator answers it."))
        return redirect(form.result)
    return render_page(request, "supervision/network_ask.html", {"form": form})


@member_required
def network_detail(request, pk):
    network = _network(request, pk)
    user = request.user
    reads = can(check_can_read_network, user, network)
    if reads and user.pk != network.requester_id:
        record("supervision.network_opened", by=user, subject=network)
    dated = network.status == NetworkStatus.DATED
    can_date = network.status == NetworkStatus.ACCEPTED and can(
        check_can_date_network, user, network
    )

    def may(check, after, *args):
        return NETWORK.allows(network.status, after) and can(check, user, *args)

    return render_page(
        request,
        "supervision/network_detail.html",
        {
            "network": network,
            "reads": reads,
            "guests": network.meeting.invitees.select_related("user") if network.meeting else [],
            "can_accept": network.status == NetworkStatus.ASKED
            and can(check_can_decide_network, user),
            "can_date": can_date,
            "poll": can_date and Poll.objects.running().about("network", network.pk).first(),
            "can_invite": dated
            and not network.meeting.is_over
            and can(check_can_change_meeting, user, network.meeting),
            "can_hold": may(check_can_hold_network, NetworkStatus.HELD, network)
            and network.meeting.has_begun,
            "can_withdraw": may(check_can_withdraw_network, NetworkStatus.WITHDRAWN, network),
        },
    )


@coordinator_required
def network_accept(request, pk):
    network = _network(request, pk)
    form = NetworkAcceptForm(posted(request), initial={"version": network.version})
    if form.carried_out(
        lambda data: accept_network(
            network, supervisor=data["supervisor"], version=data["version"], by=request.user
        )
    ):
        messages.success(request, _("Accepted. The supervisor sets the date."))
        return redirect(network)
    return render_page(
        request, "supervision/network_accept.html", {"network": network, "form": form}
    )


@coordinator_required
def network_decline(request, pk):
    network = _network(request, pk)
    form = NetworkDeclineForm(posted(request), initial={"version": network.version})
    if form.carried_out(
        lambda data: decline_network(
            network, reason=data["reason"], version=data["version"], by=request.user
        )
    ):
        messages.success(request, _("The request is declined. The requester was told by mail."))
        return redirect(network)
    return render_page(
        request, "supervision/network_decline.html", {"network": network, "form": form}
    )


@member_required
def network_date(request, pk):
    network = _network(request, pk)
    check_can_date_network(request.user, network)
    form = NetworkDateForm(
        posted(request),
        people=[network.supervisor, network.requester],
        reader=request.user,
        shown=request.GET,
    )
    if form.carried_out(lambda data: date_network(network, **form.booking(data), by=request.user)):
        messages.success(request, _("The date is set. Now invite the guests."))
        return redirect(network)
    return render_page(request, "supervision/network_date.html", {"network": network, "form": form})


@member_required
def network_guest(request, pk):
    """Invite somebody without account: they get a personal link by mail."""
    network = _network(request, pk)
    if network.meeting is None:
        return redirect(network)
    check_can_change_meeting(request.user, network.meeting)
    form = GuestForm(posted(request))
    if form.carried_out(
        lambda data: add_guest(
            network.meeting,
            Guest(name=data["name"], email=data["email"], body=data["body"]),
            by=request.user,
        )
    ):
        messages.success(request, _("Invited: %(name)s") % {"name": form.result.guest_name})
        return redirect(network)
    return render_page(
        request, "supervision/network_guest.html", {"network": network, "form": form}
    )


@member_required
def network_hold(request, pk):
    network = _network(request, pk)
    check_can_hold_network(request.user, network)
    form = NetworkHoldForm(posted(request), initial={"version": network.version})
    if form.carried_out(
        lambda data: hold_network(
            network, hours=data["hours"], version=data["version"], by=request.user
        )
    ):
        messages.success(request, _("Recorded as held."))
        return redirect(network)
    return render_page(request, "supervision/network_hold.html", {"network": network, "form": form})


@member_required
def network_withdraw(request, pk):
    network = _network(request, pk)
    check_can_withdraw_network(request.user, network)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: withdraw_network(network, by=request.user)):
        messages.success(request, _("The request is withdrawn."))
        return redirect(network)
    return render_page(
        request, "supervision/network_withdraw.html", {"network": network, "form": form}
    )


def _network(request, pk):
    rows = NetworkSupervision.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("municipality", "requester", "supervisor", "meeting"), pk=pk
    )
