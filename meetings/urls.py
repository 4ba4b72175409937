from django.urls import path

from meetings.views import (
    availability,
    busy,
    calendar,
    feeds,
    guests,
    handover,
    meetings,
    polls,
    proposals,
)


app_name = "meetings"

urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("meetings/<uuid:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<uuid:pk>/meeting.ics", meetings.meeting_file, name="meeting-file"),
    path("meetings/<uuid:pk>/answer/", meetings.invitation_answer, name="invitation-answer"),
    path("meetings/<uuid:pk>/move/", meetings.meeting_move, name="meeting-move"),
    path("meetings/<uuid:pk>/restore/", meetings.meeting_restore, name="meeting-restore"),
    path("meetings/<uuid:pk>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("handover/<uuid:pk>/", handover.handover, name="handover"),
    path("hours/", availability.hours, name="hours"),
    path("hours/add/", availability.hours_add, name="hours-add"),
    path("hours/<uuid:pk>/end/", availability.hours_end, name="hours-end"),
    path("hours/exceptions/add/", availability.exception_add, name="exception-add"),
    path(
        "hours/exceptions/<uuid:pk>/remove/",
        availability.exception_remove,
        name="exception-remove",
    ),
    path("hours/rules/", availability.rules_change, name="rules-change"),
    path("guest/<str:token>/", guests.guest_answer, name="guest-answer"),
    path("polls/open/<str:service>/<uuid:pk>/", polls.poll_open, name="poll-open"),
    path("polls/guest/<str:token>/", guests.poll_guest_answer, name="poll-guest-answer"),
    path("polls/<uuid:pk>/", polls.poll_detail, name="poll-detail"),
    path("polls/<uuid:pk>/answer/", polls.poll_answer, name="poll-answer"),
    path("polls/<uuid:pk>/close/", polls.poll_close, name="poll-close"),
    path("polls/<uuid:pk>/times/", polls.poll_times_change, name="poll-times-change"),
    path("polls/<uuid:pk>/ask/", polls.poll_ask, name="poll-ask"),
    path("polls/<uuid:pk>/remove/<uuid:invitee>/", polls.poll_remove, name="poll-remove"),
    path("polls/<uuid:pk>/remind/", polls.poll_remind, name="poll-remind"),
    path("polls/<uuid:pk>/withdraw/", polls.poll_withdraw, name="poll-withdraw"),
    path("meetings/<uuid:pk>/propose/", proposals.proposal_make, name="proposal-make"),
    path("proposals/<uuid:pk>/take/", proposals.proposal_take, name="proposal-take"),
    path("proposals/<uuid:pk>/decline/", proposals.proposal_decline, name="proposal-decline"),
    path("guest/<str:token>/propose/", guests.guest_proposal_make, name="guest-proposal-make"),
    path("busy/", busy.busy_calendar, name="busy-calendar"),
    path("busy/ask/", busy.busy_calendar_ask, name="busy-calendar-ask"),
    path("busy/remove/", busy.busy_calendar_remove, name="busy-calendar-remove"),
    path("feed/renew/", feeds.feed_renew, name="feed-renew"),
    path("feed/renew/<slug:kind>/<uuid:about>/", feeds.feed_renew, name="feed-renew"),
    path("feed/<uuid:pk>/text/", feeds.feed_text, name="feed-text"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
]
