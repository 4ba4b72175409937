from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import EncryptedTextField
from people.models import User, uuid_key
from people.standing import standing_of


class Feed(models.Model):
    """A calendar feed of one person's. The token stands encrypted; its hash is looked up.

    `kind` says what it holds (see `meetings.feed_kinds`), `about` whose or which: a group's
    or a municipality's key, None for one's own meetings.
    """

    OWN = "own"

    class Text(models.TextChoices):
        BUSY = "busy", _("Only that you are busy")
        TITLE = "title", _("The title")
        FULL = "full", _("The title and the place")

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=20, default=OWN)
    about = models.UUIDField(null=True)
    text = models.CharField(max_length=10, choices=Text, default=Text.FULL)
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    renewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about"], name="meetings_feed_once"),
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(about__isnull=True),
                name="meetings_feed_about_nothing_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} feed of {self.user}"

    @property
    def works(self) -> bool:
        """Whether the address answers: only for people who may log in and have a post or role."""
        user = self.user
        return user.is_active and user.has_login and standing_of(user).is_anyone

    @property
    def mark(self) -> str:
        """A short mark of this very address, to notice that it was renewed meanwhile."""
        return self.token_hash[:12]
