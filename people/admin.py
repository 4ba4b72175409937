from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from people import actions
from people.models import (
    County,
    LawReference,
    Municipality,
    MunicipalityCode,
    Post,
    Region,
    ServiceArea,
    StaffRole,
    User,
)


class PeriodInline(admin.TabularInline):
    """Shown only: posts, roles and areas are changed on the person's page, with its rules."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class PostInline(PeriodInline):
    model = Post
    fields = ["municipality", "kind", "title", "starts_on", "ends_on"]


class StaffRoleInline(PeriodInline):
    model = StaffRole
    fields = ["role", "starts_on", "ends_on"]


class ServiceAreaInline(PeriodInline):
    model = ServiceArea
    fk_name = "consultant"
    fields = ["municipality", "starts_on", "ends_on"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["folded_name", "email"]
    fields = ["first_name", "last_name", "email", "phone", "language", "is_active"]
    readonly_fields = ["email"]
    inlines = [PostInline, StaffRoleInline, ServiceAreaInline]

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def save_model(self, request, obj, form, change) -> None:
        """Change by the same actions as the pages, so that each is journalled."""
        data, changed = form.cleaned_data, set(form.changed_data)
        if "is_active" in changed:
            act = actions.open_account if data["is_active"] else actions.close_account
            act(obj, by=request.user)
        if changed - {"is_active"}:
            names = ("first_name", "last_name", "phone", "language")
            actions.change_person(obj, **{n: data[n] for n in names}, by=request.user)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)

        class UserForm(form):
            def clean_is_active(self):
                if self.instance.pk == request.user.pk and not self.cleaned_data["is_active"]:
                    self.add_error("is_active", _("You cannot close your own account."))
                return self.cleaned_data["is_active"]

        return UserForm


class CodeInline(admin.TabularInline):
    model = MunicipalityCode
    extra = 0


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "county", "region", "starts_on", "ends_on", "successor"]
    list_filter = ["region", "county"]
    list_select_related = ["county", "region", "successor"]
    search_fields = ["name"]
    inlines = [CodeInline]

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    list_display = ["key", "name_et", "name_en", "position"]


@admin.register(County)
class CountyAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "short_name"]


@admin.register(LawReference)
class LawReferenceAdmin(admin.ModelAdmin):
    """Where rules stand in the law; which rules the product follows is no matter of choice."""

    list_display = ["key", "name_et", "years"]
    readonly_fields = ["key"]

    def has_add_permission(self, request) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False
