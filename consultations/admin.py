from django.contrib import admin

from consultations.models import Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """The list of topics alone: requests and all that is written in them stay out of here."""

    list_display = ["__str__"]
