from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import pair
from meetings.models import Meeting
from people.models import Municipality, User, uuid_key
from supervision.models.groups import Group, Membership


SESSIONS = 3
"""A group meets three times a year (Sotsiaaltöö 2/2023)."""


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """Whoever sees the group, and who sits there as a guest."""
        mine = Session.objects.filter(guests__registration__user=user).values("pk")
        return self.filter(Q(group__in=Group.objects.visible_to(user)) | Q(pk__in=mine))

    def to_record(self) -> "SessionQuerySet":
        """Held sessions whose attendance is not recorded, or of somebody still to be cleared up."""
        still_open = Attendance.objects.filter(session=OuterRef("pk"), status="open")
        return self.filter(
            Q(recorded_at__isnull=True) | Q(Exists(still_open)),
            meeting__status=Meeting.Status.CONFIRMED,
            meeting__ends_at__lte=clock.now(),
        )

    def coming(self) -> "SessionQuerySet":
        """Sessions whose planned meeting has not begun, by date."""
        return (
            self.filter(
                meeting__status=Meeting.Status.CONFIRMED, meeting__starts_at__gt=clock.now()
            )
            .select_related("meeting")
            .order_by("meeting__starts_at")
        )


class Session(models.Model):
    """One of a group's three dated meetings."""

    id = uuid_key()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sessions")
    # The planned meeting; when it was cancelled and dated anew, the new one.
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, related_name="supervision_session"
    )
    number = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # How long the session lasted: what the supervisor invoices.
    hours = models.DecimalField(max_digits=4, decimal_places=2, null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            pair("recorded"),
            models.CheckConstraint(
                condition=Q(hours__isnull=True) | Q(hours__gte=0, hours__lte=12),
                name="supervision_session_hours",
            ),
            models.UniqueConstraint(fields=["group", "number"], name="supervision_session_number"),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:session-detail", args=[self.pk])

    def members(self) -> list:
        """Who was to be there: the group's members of that day, without those who sat in another
        group instead, and then its guests. Each has a `registration`. Two queries.
        """
        seats = Membership.objects.on(clock.day_of(self.meeting.starts_at))
        people = ("registration__user", "registration__municipality")
        own = seats.filter(group=self.group_id).exclude(
            registration__guest_seat__instead_of=self.pk
        )
        return [*own.select_related(*people), *self.guests.select_related(*people)]


class Attendance(models.Model):
    """Whether a member came to a session, and for how many hours. Nothing else is kept."""

    class Status(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        LATE = "late", _("Came late")
        EXCUSED = "excused", _("Excused")
        ABSENT = "absent", _("Absent")
        OPEN = "open", _("To be cleared up")

    CAME = (Status.ATTENDED, Status.LATE)
    """Who was there, for however long."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attendances")
    # Where the person worked then: the reports count by it.
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status)
    hours = models.DecimalField(max_digits=4, decimal_places=2, default=0)

    class Meta:
        ordering = ["user__last_name", "user__first_name"]
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="supervision_attendance_once"),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=12), name="supervision_attendance_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.status}"

    @property
    def came(self) -> bool:
        return self.status in self.CAME

    @property
    def tag_kind(self) -> str:
        if self.came:
            return "ok"
        return "warn" if self.status == self.Status.OPEN else "neutral"
