from django.contrib import admin

from outbox.models import Attempt, Message


class AttemptInline(admin.TabularInline):
    model = Attempt
    fields = ["begun_at", "result", "error"]
    extra = 0

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """The proof of what was sent; never the text, which may hold a personal link."""

    list_display = ["composed_at", "kind", "address", "subject", "status", "sent_at"]
    list_filter = ["status", "kind"]
    search_fields = ["address"]
    inlines = [AttemptInline]
    fields = [
        "kind",
        "recipient",
        "address",
        "language",
        "subject",
        "message_id",
        "status",
        "composed_at",
        "send_after",
        "expires_at",
        "attempts",
        "sent_at",
        "last_error",
        "gathered_in",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body", "calendar", "link")

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
