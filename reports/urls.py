from django.urls import path

from reports import views


app_name = "reports"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("<int:year>/", views.year, name="year"),
    path("<int:year>.csv", views.year_csv, name="year-csv"),
    path("<int:year>.json", views.year_json, name="year-json"),
    path("<int:year>/<slug:table>.csv", views.table, name="table"),
]
