from django.urls import path

from home.demo import views


app_name = "demo"

urlpatterns = [
    path("mail/", views.mail_list, name="mail-list"),
    path("mail/<uuid:pk>/", views.mail_detail, name="mail-detail"),
]
