from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from journal.models import Entry
from journal.record import sentence


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    """Read only, as the database itself holds."""

    list_display = ["at", "actor", "words", "subject_type", "subject_id"]
    list_filter = ["kind"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    fields = ["at", "actor", "kind", "words", "subject_type", "subject_id", "details"]

    @admin.display(description=_("What happened"))
    def words(self, entry: Entry) -> str:
        return sentence(entry)

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
