from django.contrib import admin

from meetings.models import ChangeRule, IncomingMail


@admin.register(ChangeRule)
class ChangeRuleAdmin(admin.ModelAdmin):
    """How late and how often; which kinds of meeting there are is no matter of choice."""

    list_display = ["service", "notice_hours", "most_moves"]
    readonly_fields = ["service"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(IncomingMail)
class IncomingMailAdmin(admin.ModelAdmin):
    """What became of each mail; neither its text nor whose meeting it was about."""

    list_display = ["received_at", "outcome", "message_hash"]
    list_filter = ["outcome"]
    date_hierarchy = "received_at"
    fields = ["received_at", "outcome", "message_hash"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
