from django.urls import path

from meetings.views import availability, calendar, feeds, guests, meetings


app_name = "meetings"

urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("meetings/<uuid:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<uuid:pk>/meeting.ics", meetings.meeting_file, name="meeting-file"),
    path("meetings/<uuid:pk>/answer/", meetings.invitation_answer, name="invitation-answer"),
    path("meetings/<uuid:pk>/move/", meetings.meeting_move, name="meeting-move"),
    path("meetings/<uuid:pk>/restore/", meetings.meeting_restore, name="meeting-restore"),
    path("meetings/<uuid:pk>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
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
    path("feed/renew/", feeds.feed_renew, name="feed-renew"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
]
