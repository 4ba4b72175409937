from django.urls import path

from supervision.views import (
    groups,
    members,
    network,
    overview,
    registrations,
    seasons,
    sessions,
    waiting_list,
)


app_name = "supervision"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("people/", overview.own_people, name="own-people"),
    path("hours/", sessions.supervisor_hours, name="supervisor-hours"),
    path("seasons/new/", seasons.season_new, name="season-new"),
    path("seasons/<uuid:pk>/", seasons.season_detail, name="season-detail"),
    path("seasons/<uuid:pk>/open/", seasons.season_open, name="season-open"),
    path("seasons/<uuid:pk>/change/", seasons.season_change, name="season-change"),
    path("seasons/<uuid:pk>/end/", seasons.season_end, name="season-end"),
    path("seasons/<uuid:pk>/groups.csv", seasons.season_groups_csv, name="season-groups-csv"),
    path("seasons/<uuid:pk>/feedback/", seasons.season_feedback, name="season-feedback"),
    path("seasons/<uuid:pk>/register/", registrations.season_register, name="season-register"),
    path(
        "seasons/<uuid:pk>/registrations/",
        registrations.registration_list,
        name="registration-list",
    ),
    path(
        "seasons/<uuid:pk>/registrations/enter/",
        registrations.registration_enter,
        name="registration-enter",
    ),
    path(
        "registrations/<uuid:pk>/change/",
        registrations.registration_change,
        name="registration-change",
    ),
    path(
        "registrations/<uuid:pk>/withdraw/",
        registrations.registration_withdraw,
        name="registration-withdraw",
    ),
    path(
        "registrations/<uuid:pk>/queue/",
        registrations.registration_queue,
        name="registration-queue",
    ),
    path("registrations/<uuid:pk>/place/", members.member_place, name="member-place"),
    path("registrations/<uuid:pk>/offer/", waiting_list.place_offer, name="place-offer"),
    path("seasons/<uuid:pk>/waiting/", waiting_list.waiting_list, name="waiting-list"),
    path("offers/<uuid:pk>/", waiting_list.offer_answer, name="offer-answer"),
    path("seasons/<uuid:pk>/groups/new/", groups.group_new, name="group-new"),
    path("groups/<uuid:pk>/", groups.group_detail, name="group-detail"),
    path("groups/<uuid:pk>/change/", groups.group_change, name="group-change"),
    path("groups/<uuid:pk>/publish/", groups.group_publish, name="group-publish"),
    path("groups/<uuid:pk>/end/", groups.group_end, name="group-end"),
    path("groups/<uuid:pk>/members/", members.members_place, name="members-place"),
    path("groups/<uuid:pk>/sessions/<int:number>/date/", groups.session_date, name="session-date"),
    path("members/<uuid:pk>/move/", members.member_move, name="member-move"),
    path("members/<uuid:pk>/remove/", members.member_remove, name="member-remove"),
    path("sessions/<uuid:pk>/", sessions.session_detail, name="session-detail"),
    path("sessions/<uuid:pk>/attendance/", sessions.session_attendance, name="session-attendance"),
    path("sessions/<uuid:pk>/feedback/", sessions.session_feedback, name="session-feedback"),
    path("network/", network.network_list, name="network-list"),
    path("network/new/", network.network_ask, name="network-ask"),
    path("network/<uuid:pk>/", network.network_detail, name="network-detail"),
    path("network/<uuid:pk>/accept/", network.network_accept, name="network-accept"),
    path("network/<uuid:pk>/decline/", network.network_decline, name="network-decline"),
    path("network/<uuid:pk>/date/", network.network_date, name="network-date"),
    path("network/<uuid:pk>/guests/", network.network_guest, name="network-guest"),
    path("network/<uuid:pk>/hold/", network.network_hold, name="network-hold"),
    path("network/<uuid:pk>/withdraw/", network.network_withdraw, name="network-withdraw"),
]
