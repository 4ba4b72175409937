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


class Hours(models.TextChoices):
    """The part of the day that suits; a meeting that reaches across noon is in both."""

    ANY = "any", _("All day")
    MORNING = "morning", _("Mornings only")
    AFTERNOON = "afternoon", _("Afternoons only")


class Continuing(models.TextChoices):
    """Whether a person stays with last year's group."""

    SAME = "same", _("With last year's group")
    OTHER = "other", _("With other people")
    ANY = "any", _("It does not matter")


WEEKDAYS = {
    1: _("Monday"),
    2: _("Tuesday"),
    3: _("Wednesday"),
    4: _("Thursday"),
    5: _("Friday"),
}
