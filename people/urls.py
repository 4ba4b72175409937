from django.urls import path

from people.views import deeds, pages, telling


app_name = "people"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("all/", pages.person_list, name="person-list"),
    path("invite/", deeds.person_invite, name="person-invite"),
    path("add/", deeds.person_add, name="person-add"),
    path("join/<str:token>/", deeds.invitation_accept, name="invitation-accept"),
    path("invitations/", deeds.invitation_list, name="invitation-list"),
    path("invitations/<uuid:pk>/resend/", deeds.invitation_resend, name="invitation-resend"),
    path("invitations/<uuid:pk>/revoke/", deeds.invitation_revoke, name="invitation-revoke"),
    path("profile/", deeds.profile, name="profile"),
    path("profile/telling/", telling.telling_change, name="telling-change"),
    path("<uuid:pk>/", pages.person_detail, name="person-detail"),
    path("<uuid:pk>/change/", deeds.person_change, name="person-change"),
    path("<uuid:pk>/history/", pages.person_history, name="person-history"),
    path("<uuid:pk>/invite/", deeds.invitation_send, name="invitation-send"),
    path("<uuid:pk>/posts/add/", deeds.post_add, name="post-add"),
    path("posts/<uuid:pk>/end/", deeds.post_end, name="post-end"),
    path("<uuid:pk>/roles/add/", deeds.role_add, name="role-add"),
    path("roles/<uuid:pk>/end/", deeds.role_end, name="role-end"),
    path("<uuid:pk>/areas/add/", deeds.area_add, name="area-add"),
    path("areas/<uuid:pk>/end/", deeds.area_end, name="area-end"),
    path("<uuid:pk>/absences/", deeds.absence_list, name="absence-list"),
    path("<uuid:pk>/absences/add/", deeds.absence_add, name="absence-add"),
    path("absences/<uuid:pk>/remove/", deeds.absence_remove, name="absence-remove"),
    path("municipalities/<uuid:pk>/", pages.municipality_detail, name="municipality-detail"),
    path("mail/", pages.message_list, name="message-list"),
    path("mail/<uuid:pk>/resend/", deeds.message_resend, name="message-resend"),
]
