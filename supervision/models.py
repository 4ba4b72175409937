from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, Period, pair
from meetings.models import Meeting
from people.models import Municipality, Region, User, uuid_key
from people.standing import standing_of
from supervision.workflow import (
    TAG_KINDS,
    GroupStatus,
    NetworkStatus,
    OfferStatus,
    RegistrationStatus,
)


SESSIONS = 3
"""A group meets three times a year (Sotsiaaltöö 2/2023)."""


class Audience(models.TextChoices):
    WORKERS = "workers", _("Workers")
    MANAGERS = "managers", _("Managers")


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


class SeasonQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "SeasonQuerySet":
        """Seasons are known to everyone with a post or role; drafts to the coordinator alone."""
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        if not standing.is_anyone:
            return self.none()
        return self.filter(opened_at__isnull=False)


class Season(models.Model):
    """A year of group supervision for workers or for managers.

    Who registers after the window closed joins in mid-year.
    """

    id = uuid_key()
    year = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=10, choices=Audience)
    registration_opens_on = models.DateField()
    registration_closes_on = models.DateField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = SeasonQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-audience"]
        constraints = [
            pair("opened"),
            pair("ended"),
            models.UniqueConstraint(fields=["year", "audience"], name="supervision_season_once"),
            models.CheckConstraint(
                condition=Q(registration_closes_on__gte=models.F("registration_opens_on")),
                name="supervision_season_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.get_audience_display()}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:season-detail", args=[self.pk])

    @property
    def title(self) -> str:
        if self.audience == Audience.MANAGERS:
            return gettext("Supervision season %(year)s: managers") % {"year": self.year}
        return gettext("Supervision season %(year)s: workers") % {"year": self.year}

    def in_window(self, day) -> bool:
        return self.registration_opens_on <= day <= self.registration_closes_on

    def takes_registrations_on(self, day) -> bool:
        """In the window, or joining in mid-year: until the season is ended."""
        opened = self.opened_at is not None and self.ended_at is None
        return opened and self.registration_opens_on <= day

    @property
    def state_word(self) -> str:
        """The season's state today, in a word or two for its tag."""
        return str(self._state_today()[0])

    @property
    def tag_kind(self) -> str:
        return self._state_today()[1]

    def _state_today(self) -> tuple:
        day = clock.today()
        if self.opened_at is None:
            return _("Draft"), "neutral"
        if self.ended_at is not None:
            return _("Season ended"), "neutral"
        if day < self.registration_opens_on:
            return _("Registration not yet open"), "info"
        if self.in_window(day):
            return _("Registration open"), "ok"
        return _("Season running"), "info"


class RegistrationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "RegistrationQuerySet":
        """The person's own; the coordinator; consultants for the municipalities they serve.

        A manager sees own people's state through `attendance_of_own_people`, never wishes.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(user=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served)
        return self.filter(mine)

    def active(self) -> "RegistrationQuerySet":
        return self.exclude(status=RegistrationStatus.WITHDRAWN)

    def queue(self) -> "RegistrationQuerySet":
        """The waiting list in its order."""
        return self.filter(status=RegistrationStatus.WAITING).order_by("waiting_since", "id")


class Registration(models.Model):
    """One person's wish to take part in a season's group supervision."""

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="registrations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="registrations")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=12, choices=RegistrationStatus, default=RegistrationStatus.REGISTERED
    )
    form = models.CharField(max_length=10, choices=Form, default=Form.ON_SITE)
    language = models.CharField(max_length=5, choices=Language, default=Language.ET)
    # Kilometres one way; empty for online only.
    travels_up_to_km = models.PositiveSmallIntegerField(null=True, blank=True)
    # Weekdays that suit, as digits: 1 is Monday, 5 is Friday.
    weekdays = models.CharField(max_length=5, default="12345")
    # Also decides between the opening window and joining in mid-year.
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    waiting_since = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        ordering = ["registered_at", "id"]
        indexes = [models.Index(fields=["season", "status"], name="supervision_registrations")]
        constraints = [
            pair("registered"),
            pair("withdrawn"),
            models.UniqueConstraint(
                fields=["season", "user"],
                condition=~Q(status="withdrawn"),
                name="supervision_registration_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(waiting_since__isnull=False),
                name="supervision_waiting_has_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.season}"

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[RegistrationStatus(self.status)]

    def place_in_queue(self) -> int:
        """The place on the season's waiting list, from 1. One query."""
        before = Q(waiting_since__lt=self.waiting_since)
        before |= Q(waiting_since=self.waiting_since, id__lt=self.id)
        return Registration.objects.queue().filter(before, season=self.season_id).count() + 1

    @property
    def weekday_names(self) -> str:
        return ", ".join(str(WEEKDAYS[int(digit)]) for digit in self.weekdays)


class GroupQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "GroupQuerySet":
        """The coordinator: all. Its supervisor, while they hold the role: from the draft
        on, because its dates stand in their calendar. Members: when published. Consultants:
        published groups (dates, places, free seats), so that they can advise.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        member = Membership.objects.on(standing.day).filter(
            group=OuterRef("pk"), registration__user=user
        )
        published = ~Q(status=GroupStatus.DRAFT)
        if not standing.is_consultant:
            published &= Q(Exists(member))
        return self.filter(Q(supervisor=user) | published if standing.is_supervisor else published)

    def with_seats(self) -> "GroupQuerySet":
        """Annotate `members` (open memberships) and `offered` (open offers hold a seat)."""
        members = Membership.objects.filter(group=OuterRef("pk"), ends_on__isnull=True)
        offers = Offer.objects.open_at(clock.now()).filter(group=OuterRef("pk"))
        return self.annotate(members=_number(members), offered=_number(offers)).annotate(
            taken=F("members") + F("offered")
        )

    def with_free_seats(self) -> "GroupQuerySet":
        return self.with_seats().filter(taken__lt=F("capacity"))


def _number(rows: QuerySet) -> Coalesce:
    """Count rows that point to the outer group, as a subquery."""
    counted = rows.order_by().values("group").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class Group(models.Model):
    """A group of a season with its supervisor; 10 to 12 people, three sessions a year."""

    id = uuid_key()
    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=40)
    supervisor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="supervised_groups"
    )
    status = models.CharField(max_length=10, choices=GroupStatus, default=GroupStatus.DRAFT)
    # A group meets in one way; only a person's wish may leave it open.
    form = models.CharField(max_length=10, choices=Form.choices[:2], default=Form.ON_SITE)
    language = models.CharField(max_length=5, choices=Language, default=Language.ET)
    place = models.CharField(max_length=200, blank=True)
    # Whose people it mainly serves; empty for the whole country, as online groups are.
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    capacity = models.PositiveSmallIntegerField(default=12)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["season", "name"]
        constraints = [
            pair("published"),
            models.UniqueConstraint(fields=["season", "name"], name="supervision_group_name_once"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="supervision_group_capacity"),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False, supervisor__isnull=False),
                name="supervision_group_published_has_supervisor",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("supervision:group-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[GroupStatus(self.status)]


class Membership(Period):
    """A person's seat in a group for a time."""

    id = uuid_key()
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")
    registration = models.ForeignKey(
        Registration, on_delete=models.PROTECT, related_name="memberships"
    )

    class Meta(Period.Meta):
        ordering = ["registration__user__last_name", "registration__user__first_name"]
        constraints = [
            *Period.Meta.constraints,
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(ends_on__isnull=True),
                name="supervision_membership_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration.user}: {self.group}"


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "SessionQuerySet":
        """Whoever sees the group."""
        return self.filter(group__in=Group.objects.visible_to(user))

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

    def members(self) -> list["Membership"]:
        """Who belonged to the group on the session's day, with person and municipality."""
        seats = Membership.objects.on(clock.day_of(self.meeting.starts_at))
        return list(
            seats.filter(group=self.group_id).select_related(
                "registration__user", "registration__municipality"
            )
        )


class Attendance(models.Model):
    """Whether a member came to a session, and for how many hours. Nothing else is kept."""

    class Status(models.TextChoices):
        ATTENDED = "attended", _("Attended")
        ABSENT = "absent", _("Absent")

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


class OfferQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "OfferQuerySet":
        """The person to whom the place is offered, and the coordinator."""
        if standing_of(user).is_coordinator:
            return self
        return self.filter(registration__user=user)

    def open_at(self, moment: datetime) -> "OfferQuerySet":
        """Offers that may still be answered, and so hold a seat."""
        return self.filter(status=OfferStatus.OFFERED, deadline_at__gt=moment)


class Offer(models.Model):
    """A seat in a named group, offered to somebody on the waiting list until a deadline."""

    id = uuid_key()
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="offers")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="offers")
    status = models.CharField(max_length=10, choices=OfferStatus, default=OfferStatus.OFFERED)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    deadline_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at"]
        constraints = [
            pair("offered"),
            models.CheckConstraint(
                condition=Q(deadline_at__gt=models.F("offered_at")),
                name="supervision_offer_deadline_later",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(status="offered"),
                name="supervision_offer_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} {self.group}"

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[OfferStatus(self.status)]


class SessionFeedback(models.Model):
    """A short feedback on a session, without any link to the person. The coordinator sees sums."""

    id = uuid_key()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="feedback")
    useful = models.PositiveSmallIntegerField()
    safe = models.PositiveSmallIntegerField()
    words = EncryptedTextField(blank=True)

    class Meta:
        # By the random key: the order of rows must not tell who answered when.
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(useful__gte=1, useful__lte=5, safe__gte=1, safe__lte=5),
                name="supervision_feedback_from_1_to_5",
            )
        ]

    def __str__(self) -> str:
        return f"{self.session} {self.useful}"


class FeedbackMark(models.Model):
    """That a person has given feedback on a session; without a time."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="feedback_marks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "user"], name="supervision_feedback_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.user_id}"


class NetworkQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "NetworkQuerySet":
        """The requester while they work there, the accepted supervisor while they hold the
        role, the region's consultants, the coordinator.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        mine = Q(requester=user, municipality__in=standing.municipalities)
        if standing.is_supervisor:
            mine |= Q(supervisor=user)
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served)
        return self.filter(mine)


class NetworkSupervision(models.Model):
    """Supervision of a whole network: for one hard case, or for developing the network."""

    class Purpose(models.TextChoices):
        CASE = "case", _("For one hard case")
        DEVELOPMENT = "development", _("For developing the network")

    id = uuid_key()
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=Purpose)
    wish = EncryptedTextField()
    people_expected = models.PositiveSmallIntegerField(default=6)
    status = models.CharField(max_length=12, choices=NetworkStatus, default=NetworkStatus.ASKED)
    supervisor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="network_supervisions"
    )
    meeting = models.OneToOneField(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="network_supervision"
    )
    hours = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decision_reason = EncryptedTextField(blank=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = NetworkQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            pair("asked"),
            pair("decided"),
            pair("held"),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "dated", "held"])
                | Q(supervisor__isnull=False, decided_at__isnull=False),
                name="supervision_network_accepted_has_supervisor",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["dated", "held"]) | Q(meeting__isnull=False),
                name="supervision_network_dated_has_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("supervision:network-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[NetworkStatus(self.status)]
