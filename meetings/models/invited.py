"""A person with an account, or a guest without: what meetings and polls say of whom they ask."""

from django.db import models


class Invited(models.Model):
    """Rows of it have a `user`, or the address of a guest, who answers by a personal link."""

    guest_name = models.CharField(max_length=120, blank=True)
    guest_email = models.EmailField(blank=True)
    guest_body = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, default="et")

    class Meta:
        abstract = True
        ordering = ["user__last_name", "guest_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, guest_email="")
                | models.Q(user__isnull=True, guest_email__gt=""),
                name="%(app_label)s_%(class)s_person_or_guest",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.name if self.user else self.guest_name

    @property
    def email(self) -> str:
        return (self.user.email if self.user else self.guest_email) or ""
