from django.urls import path

from consultations.views import case, deeds, lists, new


app_name = "consultations"

urlpatterns = [
    path("", lists.overview, name="overview"),
    # The way in.
    path("requests/new/", new.request_new, name="request-new"),
    path("requests/enter/", new.request_enter, name="request-enter"),
    path("cases/open/", new.case_open, name="case-open"),
    path("requests/new/<uuid:pk>/delete/", new.draft_delete, name="draft-delete"),
    path("requests/new/<uuid:pk>/<slug:step>/", new.request_step, name="request-step"),
    path("requests/<uuid:pk>/sent/", new.request_sent, name="request-sent"),
    # The case.
    path("requests/<uuid:pk>/", case.request_detail, name="request-detail"),
    path("requests/<uuid:pk>/messages/", case.request_messages, name="request-messages"),
    path("requests/<uuid:pk>/meetings/", case.request_meetings, name="request-meetings"),
    path("requests/<uuid:pk>/notes/", case.request_notes, name="request-notes"),
    path("requests/<uuid:pk>/history/", case.request_history, name="request-history"),
    path("requests/<uuid:pk>/summary/", case.request_summary, name="request-summary"),
    # What is done to it.
    path("requests/<uuid:pk>/take/", deeds.request_take, name="request-take"),
    path("requests/<uuid:pk>/assign/", deeds.request_assign, name="request-assign"),
    path("requests/<uuid:pk>/reassign/", deeds.request_reassign, name="request-reassign"),
    path("requests/<uuid:pk>/contact/", deeds.request_contact, name="request-contact"),
    path("requests/<uuid:pk>/meetings/book/", deeds.meeting_book, name="meeting-book"),
    path("requests/<uuid:pk>/factors/", deeds.factors_change, name="factors-change"),
    path("requests/<uuid:pk>/measures/agree/", deeds.measure_agree, name="measure-agree"),
    path(
        "requests/<uuid:pk>/measures/<uuid:measure>/finish/",
        deeds.measure_finish,
        name="measure-finish",
    ),
    path("requests/<uuid:pk>/contacts/add/", deeds.contact_add, name="contact-add"),
    path(
        "requests/<uuid:pk>/contacts/<uuid:contact>/replace/",
        deeds.contact_replace,
        name="contact-replace",
    ),
    path("requests/<uuid:pk>/municipality/", deeds.municipality_set, name="municipality-set"),
    path("requests/<uuid:pk>/close/", deeds.request_close, name="request-close"),
    path("requests/<uuid:pk>/withdraw/", deeds.request_withdraw, name="request-withdraw"),
    path("requests/<uuid:pk>/reopen/", deeds.request_reopen, name="request-reopen"),
]
