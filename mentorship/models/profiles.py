"""What a consultant knows best, as they say themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from library.models import Topic
from people.models import User


class Language(models.TextChoices):
    """Languages of work; the keys are ISO 639-1."""

    ET = "et", _("Estonian")
    RU = "ru", _("Russian")
    EN = "en", _("English")


class MentorProfile(models.Model):
    """Topics that a consultant knows best, and the languages in which they can be a mentor.

    Whoever has said nothing has no row: Estonian, and no topic before another.
    """

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="mentor_profile"
    )
    topics = models.ManyToManyField(Topic, related_name="+", blank=True)
    languages = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.user_id}"

    @property
    def language_names(self) -> list[str]:
        return [str(Language(key).label) for key in self.languages]
