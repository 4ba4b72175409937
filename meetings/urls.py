from django.urls import path

from meetings import views


app_name = "meetings"

urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("meetings/<uuid:pk>/", views.meeting_detail, name="meeting-detail"),
    path("meetings/<uuid:pk>/meeting.ics", views.meeting_file, name="meeting-file"),
    path("meetings/<uuid:pk>/answer/", views.invitation_answer, name="invitation-answer"),
    path("meetings/<uuid:pk>/move/", views.meeting_move, name="meeting-move"),
    path("meetings/<uuid:pk>/cancel/", views.meeting_cancel, name="meeting-cancel"),
    path("guest/<str:token>/", views.guest_answer, name="guest-answer"),
    path("feed/renew/", views.feed_renew, name="feed-renew"),
    path("feed/<str:token>.ics", views.feed, name="feed"),
]
