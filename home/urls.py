from django.urls import path

from home import views


app_name = "home"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("waiting/", views.waiting, name="waiting"),
    path("day/", views.day_plan, name="day-plan"),
    path("my-data/", views.employer_view, name="employer-view"),
    path("language/", views.language, name="language"),
    path("consultants/", views.consultants, name="consultants"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
