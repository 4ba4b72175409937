from django.contrib import admin

from outbox.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """The proof of what was sent; never the text, which may hold a personal link."""

    list_display = ["composed_at", "kind", "address", "subject", "status", "sent_at"]
    list_filter = ["status", "kind"]
    search_fields = ["address"]
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
        "attempts",
        "sent_at",
        "last_error",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("body", "calendar")

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
