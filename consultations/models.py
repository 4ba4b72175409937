import secrets

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedTextField, Period, Translated, pair
from consultations.clocks import ClockFace, clock_face
from consultations.workflow import OPEN, TAG_KINDS, Status
from meetings.models import Meeting
from people.models import Municipality, User, uuid_key
from people.standing import standing_of


# Letters and digits that are not mistaken for one another on the telephone.
CODE_ALPHABET = "ABCDEFHJKLMNPRTUVWXY2346789"


def new_code() -> str:
    """Return a random case code such as "K7R2-M4TX"; it says nothing about the number of cases."""
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class Topic(models.Model):
    """What a request is mainly about: data that an administrator may edit."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = Translated(models.CharField(max_length=120))
    position = models.PositiveSmallIntegerField(default=0)
    for_kind = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class RequestQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "RequestQuerySet":
        """Rows whose existence, municipality and dates the person may know.

        Consultants: their municipalities (today, or as stand-in), and cases assigned
        to them or to whom they stand in for. Of a municipality: the requester and
        the contacts, and the manager. The coordinator: all. Nobody else.
        What else they may know of a row is said by `with_knowledge`.
        """
        standing = standing_of(user)
        if standing.is_coordinator:
            return self
        return self.filter(self._with_topic(user, standing) | Q(municipality__in=standing.manages))

    def _with_topic(self, user: User, standing) -> Q:
        """Those whose topic the person may know too: all that they see but as a manager."""
        mine = Q(pk__in=[])
        if standing.is_consultant:
            mine |= Q(municipality__in=standing.all_served)
            mine |= Q(consultant=user) | Q(consultant__in=standing.stands_in_for)
            # Cases without a municipality yet belong to everyone who could take them.
            mine |= Q(municipality__isnull=True, status=Status.SUBMITTED)
        if standing.municipalities:
            mine |= self._as_requester_or_contact(user, standing)
        return mine

    def readable_by(self, user: User) -> "RequestQuerySet":
        """Rows whose text the person may read (architecture: who reads a case).

        The requester and the contacts, while they work for the municipality; the
        assigned consultant and who stands in for them today; until assignment, the
        consultants serving the municipality.
        """
        standing = standing_of(user)
        mine = Q(pk__in=[])
        if standing.is_consultant:
            mine |= Q(consultant=user) | Q(consultant__in=standing.stands_in_for)
            unassigned = Q(consultant__isnull=True, status=Status.SUBMITTED)
            mine |= unassigned & Q(municipality__in=standing.all_served)
            mine |= unassigned & Q(municipality__isnull=True)
        if standing.municipalities:
            mine |= self._as_requester_or_contact(user, standing)
        return self.filter(mine)

    def acted_for_by(self, user: User) -> "RequestQuerySet":
        """Rows in which the person acts for the municipality today: as requester or contact."""
        return self.filter(self._as_requester_or_contact(user, standing_of(user)))

    def _as_requester_or_contact(self, user: User, standing) -> Q:
        contact = Contact.objects.on(standing.day).filter(request=OuterRef("pk"), user=user)
        return Q(municipality__in=standing.municipalities) & (Q(requester=user) | Exists(contact))

    def open(self) -> "RequestQuerySet":
        return self.filter(status__in=OPEN)

    def submitted_by_municipalities(self) -> "RequestQuerySet":
        return self.filter(origin=ConsultationRequest.Origin.MUNICIPALITY)

    def for_lists(self) -> "RequestQuerySet":
        return self.select_related("municipality", "topic", "consultant").defer(
            *ConsultationRequest.NARRATIVES
        )

    def for_page(self) -> "RequestQuerySet":
        """With the people of the case's own page."""
        return self.select_related(
            "municipality", "topic", "consultant", "requester", "submitted_by"
        )

    def with_knowledge(self, user: User) -> "RequestQuerySet":
        """Note on each row what the person may know of it.

        `readable`: its text. `facts_known`: kind, country, urgency, people and history,
        for readers and the coordinator. `topic_known`: for them and the consultants
        who serve the municipality; a manager knows that the case exists and its dates.
        """
        requests, standing = ConsultationRequest.objects, standing_of(user)
        same = Q(pk=OuterRef("pk"))
        readable = Exists(requests.readable_by(user).filter(same))
        if standing.is_coordinator:
            known = models.Value(True)
            return self.annotate(readable=readable, facts_known=known, topic_known=known)
        with_topic = Exists(requests.filter(self._with_topic(user, standing)).filter(same))
        return self.annotate(
            readable=readable, facts_known=models.F("readable"), topic_known=with_topic
        )

    def by_clock(self) -> "RequestQuerySet":
        """Those whose clock runs first, the earliest deadline on top; then the newest."""
        running = models.Case(
            models.When(contacted_at__isnull=True, status__in=OPEN, then="contact_due_at")
        )
        return self.order_by(running.asc(nulls_last=True), "-submitted_at", "id")


class ConsultationRequest(models.Model):
    """A case in hand: most come as a municipality's request, a third in another way.

    Narratives are encrypted. `contact_due_at` is the end of the third working day
    after submission (see `consultations.clocks`). `version` rises with every change,
    so that a stale page is recognised.
    """

    class Origin(models.TextChoices):
        MUNICIPALITY = "municipality", _("Request of a municipality")
        FOREIGN = "foreign", _("Foreign authority")
        MINOR_NOTICE = "minor_notice", _("Notice about an unaccompanied minor")
        BOARD = "board", _("The Board's own")

    class Kind(models.TextChoices):
        DOMESTIC = "domestic", _("Case in Estonia")
        INTERNATIONAL = "international", _("International case")
        MINOR = "minor", _("Unaccompanied minor")

    class AgeGroup(models.TextChoices):
        UNBORN = "unborn", _("Not yet born")
        UNDER_3 = "0-2", _("0–2 years")
        UNDER_7 = "3-6", _("3–6 years")
        UNDER_13 = "7-12", _("7–12 years")
        UNDER_18 = "13-17", _("13–17 years")
        SEVERAL = "several", _("Several children of different ages")

    id = uuid_key()
    code = models.CharField(max_length=9, unique=True, default=new_code, editable=False)
    origin = models.CharField(max_length=15, choices=Origin, default=Origin.MUNICIPALITY)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.DOMESTIC)
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT)
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requester = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="consultation_requests"
    )
    consultant = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="assigned_requests"
    )
    status = models.CharField(max_length=15, choices=Status, default=Status.SUBMITTED)
    urgent = models.BooleanField(default=False)
    age_group = models.CharField(max_length=10, choices=AgeGroup, blank=True)
    country = models.CharField(max_length=2, blank=True)

    question = EncryptedTextField()
    done_so_far = EncryptedTextField(blank=True)
    risk_factors = EncryptedTextField(blank=True)
    protective_factors = EncryptedTextField(blank=True)
    star_reference = EncryptedTextField(blank=True)
    summary = EncryptedTextField(blank=True)
    recommendations = EncryptedTextField(blank=True)

    # Somebody said that the child was in danger and that they have acted (112, 116 111).
    danger_acted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contact_due_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    assigned_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    contacted_at = models.DateTimeField(null=True)
    contacted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    summary_read_at = models.DateTimeField(null=True)
    summary_read_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects = RequestQuerySet.as_manager()

    NARRATIVES = (
        "question",
        "done_so_far",
        "risk_factors",
        "protective_factors",
        "star_reference",
        "summary",
        "recommendations",
    )

    class Meta:
        ordering = ["-submitted_at", "id"]
        indexes = [
            models.Index(fields=["status", "contact_due_at"], name="consultations_due"),
            models.Index(fields=["municipality", "status"], name="consultations_municipality"),
        ]
        constraints = [
            pair("submitted"),
            pair("assigned"),
            pair("contacted"),
            pair("closed"),
            pair("summary_read"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ASSIGNED, Status.IN_PROGRESS])
                | Q(consultant__isnull=False),
                name="consultations_open_work_has_consultant",
            ),
            models.CheckConstraint(
                condition=~Q(origin="municipality") | Q(municipality__isnull=False),
                name="consultations_request_has_municipality",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_at__isnull=False),
                name="consultations_closed_has_closing",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("consultations:request-detail", args=[self.pk])

    @property
    def tag_kind(self) -> str:
        return TAG_KINDS[Status(self.status)]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def takes_contacts(self) -> bool:
        """Until the summary is confirmed: somebody of the municipality must be there to do it."""
        return self.is_open or (self.status == Status.CLOSED and self.summary_read_at is None)

    @property
    def clock_runs(self) -> bool:
        return self.contacted_at is None and self.is_open

    @property
    def contact_is_late(self) -> bool:
        return self.clock_runs and clock.now() >= self.contact_due_at

    @property
    def clock(self) -> ClockFace | None:
        """How the contact clock stands, in words; None when it does not run."""
        return clock_face(self.contact_due_at) if self.clock_runs else None

    @cached_property
    def current_contacts(self) -> list["Contact"]:
        """Today's contact persons, with their users. One query, remembered on this object."""
        rows = self.contacts.on(clock.today()).select_related("user")
        return list(rows.order_by("user__last_name", "user__first_name"))


class Contact(Period):
    """Somebody of the municipality who acts in the case; replaceable, hence a period."""

    id = uuid_key()
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="contacts"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta(Period.Meta):
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return str(self.user)


class Spell(models.Model):
    """One stretch of time during which the case was in hand; reopening begins another.

    Reports count by these, so that a reopened case does not change last year.
    """

    class Outcome(models.TextChoices):
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="spells"
    )
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        ordering = ["opened_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="")
                | Q(ended_at__gte=models.F("opened_at"), outcome__gt=""),
                name="consultations_spell_ends_with_outcome",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(ended_at__isnull=True),
                name="consultations_spell_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.opened_at:%Y-%m-%d}"


class Message(models.Model):
    """One message in the thread between the municipality and the consultant."""

    class Side(models.TextChoices):
        MUNICIPALITY = "municipality", _("Municipality")
        BOARD = "board", _("Consultant")

    id = uuid_key()
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="messages"
    )
    side = models.CharField(max_length=15, choices=Side)
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at"]
        constraints = [pair("written")]

    def __str__(self) -> str:
        return f"{self.request} {self.written_at:%Y-%m-%d %H:%M}"


class Note(models.Model):
    """An internal note: for the assigned consultant and their stand-in alone."""

    id = uuid_key()
    request = models.ForeignKey(ConsultationRequest, on_delete=models.CASCADE, related_name="notes")
    text = EncryptedTextField()
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["written_at"]
        constraints = [pair("written")]

    def __str__(self) -> str:
        return f"{self.request} {self.written_at:%Y-%m-%d %H:%M}"


class Measure(models.Model):
    """A measure that both sides agreed on: what, who does it, until when."""

    id = uuid_key()
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="measures"
    )
    text = EncryptedTextField()
    owner = models.CharField(max_length=15, choices=Message.Side)
    due_on = models.DateField(null=True, blank=True)
    agreed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_on", "agreed_at"]
        constraints = [pair("agreed"), pair("done")]

    def __str__(self) -> str:
        return f"{self.request} {self.agreed_at:%Y-%m-%d}"


class CaseMeeting(models.Model):
    """A case discussion or a network meeting of a case."""

    class Kind(models.TextChoices):
        DISCUSSION = "discussion", _("Case discussion")
        NETWORK = "network", _("Network meeting")

    id = uuid_key()
    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="meetings"
    )
    meeting = models.OneToOneField(Meeting, on_delete=models.CASCADE, related_name="case_meeting")
    kind = models.CharField(max_length=12, choices=Kind)

    class Meta:
        ordering = ["meeting__starts_at"]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"


class Turn(models.Model):
    """A withdrawal, a reopening or a handover, with its reason in words."""

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REOPENED = "reopened", _("Reopened")
        REASSIGNED = "reassigned", _("Given to another consultant")

    id = uuid_key()
    request = models.ForeignKey(ConsultationRequest, on_delete=models.CASCADE, related_name="turns")
    kind = models.CharField(max_length=12, choices=Kind)
    reason = EncryptedTextField(blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["made_at"]
        constraints = [pair("made")]

    def __str__(self) -> str:
        return f"{self.request} {self.kind}"
