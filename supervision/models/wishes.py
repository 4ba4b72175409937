"""How one can meet: what a person wishes and what a group does, in the same words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Form(models.TextChoices):
    ON_SITE = "on_site", _("On site")
    ONLINE = "online", _("Online")
    EITHER = "either", _("Either suits me")


class Language(models.TextChoices):
    ET = "et", _("Estonian")
    RU = "ru", _("Russian")


WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
}
