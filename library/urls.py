from django.urls import path

from library import views


app_name = "library"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("shelf/", views.shelf, name="shelf"),
    path("links/", views.broken_links, name="broken-links"),
    path("materials/<uuid:pk>/mark/", views.material_mark, name="material-mark"),
    path("topics/<slug:key>/", views.topic_detail, name="topic-detail"),
    path("topics/<slug:key>/add/", views.material_add, name="material-add"),
    path("materials/<uuid:pk>/file/", views.material_file, name="material-file"),
    path("materials/<uuid:pk>/change/", views.material_change, name="material-change"),
    path("materials/<uuid:pk>/withdraw/", views.material_withdraw, name="material-withdraw"),
]
