from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from home.views import healthz, readyz


urlpatterns = [
    path("", include("home.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("people/", include("people.urls")),
    path("calendar/", include("meetings.urls")),
    path("library/", include("library.urls")),
    path("mentorship/", include("mentorship.urls")),
    path("supervision/", include("supervision.urls")),
    path("consultations/", include("consultations.urls")),
    path("", include("reports.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

if settings.UI_GALLERY:
    from home.ui import ui_gallery

    urlpatterns.append(path("ui/", ui_gallery, name="ui"))

if settings.DEMO:
    urlpatterns.append(path("demo/", include("home.demo.urls")))
