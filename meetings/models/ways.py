from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import User


class CalendarWay(models.Model):
    """How meetings come into a person's own calendar, as far as we know.

    Without a row, or with none chosen, invitations are sent: they can be accepted in the
    program itself. Who reads the feed, or nothing at all, gets mails without calendar parts.
    """

    class Way(models.TextChoices):
        INVITATION = "invitation", _("By invitations in mails")
        FEED = "feed", _("By the calendar feed")
        LINK = "link", _("Not at all: I follow the links in mails")

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="calendar_way"
    )
    way = models.CharField(max_length=12, choices=Way, default=Way.INVITATION)
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}: {self.way}"
