from typing import Any

from django.contrib.admin import AdminSite as DjangoAdminSite
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin_words import put_into_words
from people.standing import standing_of


class AdminSite(DjangoAdminSite):
    """The administrators' site: people, places, texts, journal and mails; no narrative.

    It has no login page of its own, so that the rate limits of the one login hold.
    """

    site_header = gettext_lazy("Toetuspakett: administration")
    site_title = site_header
    index_title = gettext_lazy("Data")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        return standing_of(request.user).is_administrator

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied(_("This page is for administrators."))
        target = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Leave out what other packages bring along and nobody should edit by hand: groups
        say nothing here, addresses with their keys would open accounts, and whoever writes a
        schedule of the worker can run any code, with the keys of all narratives at hand.
        """
        try:
            models = list(model_or_iterable)
        except TypeError:
            models = [model_or_iterable]
        foreign = {"account", "django_q"}
        wanted = [m for m in models if m is not Group and m._meta.app_label not in foreign]
        for model in wanted:
            put_into_words(model, admin_class)
        if wanted:
            super().register(wanted, admin_class, **options)
