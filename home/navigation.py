"""The main navigation and the numbers in it, worked out once per request."""

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import clock
from common.waiting import WaitingItem
from home.waiting import everything_waiting
from people.standing import Standing, standing_of


@dataclass(frozen=True)
class NavItem:
    """One entry of the main navigation."""

    key: str
    label: str
    url: str
    icon: str
    count: int
    current: bool

    @property
    def count_label(self) -> str:
        return ngettext("%(n)s thing waits for you", "%(n)s things wait for you", self.count) % {
            "n": self.count
        }


@dataclass(frozen=True)
class Desk:
    """What the layout needs to know about the person who is logged in."""

    nav: list[NavItem]
    user_name: str
    role_line: str
    waiting: list[WaitingItem]


def desk_of(request: HttpRequest) -> Desk:
    """Return the person's desk, worked out once per request."""
    if not hasattr(request, "_desk"):
        standing = standing_of(request.user)
        waiting = everything_waiting(request.user, clock.today())
        request._desk = Desk(
            nav=_navigation(request, standing, waiting),
            user_name=request.user.name,
            role_line=role_line(standing),
            waiting=waiting,
        )
    return request._desk


def role_line(standing: Standing) -> str:
    """Return the person's roles in a few words."""
    words = []
    if standing.is_coordinator:
        words.append(_("coordinator"))
    if standing.is_consultant:
        words.append(_("regional consultant"))
    if standing.is_supervisor:
        words.append(_("supervisor"))
    if standing.is_manager:
        words.append(_("manager"))
    if standing.is_worker:
        words.append(_("child protection worker"))
    if standing.is_administrator:
        words.append(_("administrator"))
    return ", ".join(words)


def _navigation(
    request: HttpRequest, standing: Standing, waiting: list[WaitingItem]
) -> list[NavItem]:
    counts = Counter(item.room for item in waiting)
    in_service = standing.is_worker or standing.is_manager or standing.is_consultant
    in_service = in_service or standing.is_coordinator
    rooms = [
        ("desk", _("Desk"), "home:desk", "home", True),
        ("mentorship", _("Mentorship"), "mentorship:overview", "school", in_service),
        (
            "supervision",
            _("Supervision"),
            "supervision:overview",
            "groups",
            in_service or standing.is_supervisor,
        ),
        (
            "consultations",
            _("Case consultation"),
            "consultations:overview",
            "support_agent",
            in_service,
        ),
        ("calendar", _("Calendar"), "meetings:calendar", "calendar_month", True),
        ("library", _("Library"), "library:overview", "menu_book", True),
        ("people", _("People"), "people:overview", "person", True),
        (
            "reports",
            _("Reports"),
            "reports:overview",
            "bar_chart",
            standing.is_manager or standing.is_consultant or standing.is_coordinator,
        ),
    ]
    here = request.path
    return [
        NavItem(
            key=key,
            label=label,
            url=(url := reverse(name)),
            icon=icon,
            count=0 if key == "desk" else counts[key],
            current=here == url if key == "desk" else here.startswith(url),
        )
        for key, label, name, icon, shown in rooms
        if shown
    ]
