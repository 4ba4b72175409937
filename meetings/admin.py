from django.contrib import admin

from meetings.models import ChangeRule


@admin.register(ChangeRule)
class ChangeRuleAdmin(admin.ModelAdmin):
    """How late and how often; which kinds of meeting there are is no matter of choice."""

    list_display = ["service", "notice_hours", "most_moves"]
    readonly_fields = ["service"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
