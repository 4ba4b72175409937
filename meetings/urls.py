from django.urls import path

from meetings.views import calendar, feeds, guests, meetings


app_name = "meetings"

urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("meetings/<uuid:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<uuid:pk>/meeting.ics", meetings.meeting_file, name="meeting-file"),
    path("meetings/<uuid:pk>/answer/", meetings.invitation_answer, name="invitation-answer"),
    path("meetings/<uuid:pk>/move/", meetings.meeting_move, name="meeting-move"),
    path("meetings/<uuid:pk>/restore/", meetings.meeting_restore, name="meeting-restore"),
    path("meetings/<uuid:pk>/cancel/", meetings.meeting_cancel, name="meeting-cancel"),
    path("guest/<str:token>/", guests.guest_answer, name="guest-answer"),
    path("feed/renew/", feeds.feed_renew, name="feed-renew"),
    path("feed/<str:token>.ics", feeds.feed, name="feed"),
]
