"""Everything that can happen in supervision, by its part of the story."""

from supervision.actions.groups import (
    change_group,
    date_session,
    end_group,
    make_group,
    move_member,
    place_member,
    place_members,
    publish_group,
    reassign_group,
    remove_member,
)
from supervision.actions.network import (
    accept_network,
    ask_network,
    date_network,
    decline_network,
    hold_network,
    reassign_network,
    withdraw_network,
)
from supervision.actions.registrations import (
    change_registration,
    enter_registration,
    queue_registration,
    register,
    withdraw_registration,
)
from supervision.actions.seasons import change_season, end_season, make_season, open_season
from supervision.actions.sessions import give_feedback, record_attendance
from supervision.actions.waiting_list import (
    accept_offer,
    decline_offer,
    expire_offer,
    offer_place,
)


__all__ = [
    "accept_network",
    "accept_offer",
    "ask_network",
    "change_group",
    "change_registration",
    "change_season",
    "date_network",
    "date_session",
    "decline_network",
    "decline_offer",
    "end_group",
    "end_season",
    "enter_registration",
    "expire_offer",
    "give_feedback",
    "hold_network",
    "make_group",
    "make_season",
    "move_member",
    "offer_place",
    "open_season",
    "place_member",
    "place_members",
    "publish_group",
    "queue_registration",
    "reassign_group",
    "reassign_network",
    "record_attendance",
    "register",
    "remove_member",
    "withdraw_network",
    "withdraw_registration",
]
