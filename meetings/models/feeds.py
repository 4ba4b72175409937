from django.db import models

from common.fields import EncryptedTextField
from people.models import User, uuid_key
from people.standing import standing_of


class Feed(models.Model):
    """A person's calendar feed. The token stands encrypted; its hash is looked up."""

    id = uuid_key()
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="feed")
    token = EncryptedTextField()
    token_hash = models.CharField(max_length=64, unique=True)
    renewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed of {self.user}"

    @property
    def works(self) -> bool:
        """Whether the address answers: only for people who may log in and have a post or role."""
        user = self.user
        return user.is_active and user.has_login and standing_of(user).is_anyone

    @property
    def mark(self) -> str:
        """A short mark of this very address, to notice that it was renewed meanwhile."""
        return self.token_hash[:12]
