import hashlib
import secrets
import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import EncryptedJSONField, Period, PeriodQuerySet, Translated, pair
from common.text import COLLATION, fold


def uuid_key() -> models.UUIDField:
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)


class UserQuerySet(models.QuerySet):
    def in_order(self) -> "UserQuerySet":
        return self.order_by("last_name", "first_name", "id")

    def search(self, words: str) -> "UserQuerySet":
        """People whose name holds every word; õ/o and š/s are not told apart."""
        found = self
        for word in fold(words).split():
            found = found.filter(folded_name__contains=word)
        return found

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Whose page and work contacts `user` may see.

        Consultants, the coordinator and administrators: everyone's. Others: their own,
        the Board's people's, and those who have a post in the same municipality; a
        manager also those who will begin there.
        """
        from people.standing import standing_of

        standing = standing_of(user)
        if standing.is_board or standing.is_administrator:
            return self
        own = models.Q(pk=user.pk)
        if not standing.is_anyone:
            return self.filter(own)
        this = models.OuterRef("pk")
        posts = Post.objects.filter(user=this)
        colleagues = posts.on(standing.day).filter(municipality__in=standing.municipalities)
        managed = posts.exclude(ends_on__lt=standing.day).filter(municipality__in=standing.manages)
        helpers = (
            StaffRole.objects.on(standing.day)
            .filter(user=this)
            .exclude(role=StaffRole.Role.ADMINISTRATOR)
        )
        return self.filter(
            own | models.Exists(colleagues) | models.Exists(managed) | models.Exists(helpers)
        )

    def workers_on(self, day, municipality: "Municipality | None" = None) -> "UserQuerySet":
        """Everyone with a worker's post on the day."""
        return self._with_post(Post.Kind.WORKER, day, municipality)

    def managers_on(self, day, municipality: "Municipality | None" = None) -> "UserQuerySet":
        return self._with_post(Post.Kind.MANAGER, day, municipality)

    def with_role(self, role: str, day) -> "UserQuerySet":
        roles = StaffRole.objects.on(day).filter(role=role, user=models.OuterRef("pk"))
        return self.filter(models.Exists(roles))

    def _with_post(self, kind: str, day, municipality) -> "UserQuerySet":
        posts = Post.objects.on(day).filter(kind=kind, user=models.OuterRef("pk"))
        if municipality:
            posts = posts.filter(municipality=municipality)
        return self.filter(models.Exists(posts))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any):
        user = self.model(
            email=self.normalize_email(email).lower() or None if email else None, **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str):
        return self.get(email__iexact=email)


class User(AbstractBaseUser):
    """A person. The e-mail address is the login and may change; it may be missing,
    for people of whom we know by their post but who have no account.
    """

    id = uuid_key()
    email = models.EmailField(_("e-mail address"), null=True, blank=True)
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80, db_collation=COLLATION)
    folded_name = models.CharField(max_length=170, editable=False, db_index=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="et")
    is_active = models.BooleanField(_("may log in"), default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        ordering = ["last_name", "first_name", "id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="people_user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | ~models.Q(email=""),
                name="people_user_email_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded_name"}
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def has_login(self) -> bool:
        return bool(self.email) and self.has_usable_password()

    def get_full_name(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:person-detail", args=[self.pk])

    # The admin site asks these two; it is open to administrators alone.
    def has_perm(self, perm: str, obj: Any = None) -> bool:
        from people.standing import standing_of

        return self.is_active and standing_of(self).is_administrator

    def has_module_perms(self, app_label: str) -> bool:
        return self.has_perm(app_label)


def display_name(user: User) -> str:
    return user.name


class County(models.Model):
    """One of the fifteen counties, by its EHAK code."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=60, db_collation=COLLATION)
    short_name = models.CharField(max_length=60)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "counties"

    def __str__(self) -> str:
        return self.name


class Region(models.Model):
    """A grouping of municipalities; whom a consultant serves is in ServiceArea."""

    key = models.SlugField(primary_key=True, max_length=20)
    name = Translated(models.CharField(max_length=60))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Municipality(Period):
    """A city or rural municipality for as long as it exists; its EHAK codes are dated."""

    class Kind(models.TextChoices):
        CITY = "linn", _("city")
        RURAL = "vald", _("rural municipality")

    id = uuid_key()
    name = models.CharField(max_length=60, db_collation=COLLATION)
    kind = models.CharField(max_length=4, choices=Kind)
    county = models.ForeignKey(County, on_delete=models.PROTECT)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    latitude = models.FloatField()
    longitude = models.FloatField()
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    objects = PeriodQuerySet.as_manager()

    class Meta(Period.Meta):
        ordering = ["name"]
        verbose_name_plural = "municipalities"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:municipality-detail", args=[self.pk])


class MunicipalityCode(Period):
    """An EHAK code of a municipality for a time."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="codes")
    code = models.CharField(max_length=4, db_index=True)

    class Meta(Period.Meta):
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return self.code


class ServiceArea(Period):
    """A consultant serves a municipality for a time."""

    id = uuid_key()
    consultant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="service_areas")
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="service_areas"
    )

    class Meta(Period.Meta):
        ordering = ["municipality__name", "starts_on"]

    def __str__(self) -> str:
        return f"{self.consultant}: {self.municipality}"


class Post(Period):
    """A person's work in a municipality for a time. The title is theirs; it is not a role."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("Child protection worker")
        MANAGER = "manager", _("Manager")

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=120, blank=True)

    class Meta(Period.Meta):
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return f"{self.user}: {self.title or self.get_kind_display()}, {self.municipality}"


class StaffRole(Period):
    """A role in the support package for a time."""

    class Role(models.TextChoices):
        CONSULTANT = "consultant", _("Consultant")
        SUPERVISOR = "supervisor", _("Supervisor")
        COORDINATOR = "coordinator", _("Coordinator")
        ADMINISTRATOR = "administrator", _("Administrator")

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=15, choices=Role)

    class Meta(Period.Meta):
        ordering = ["starts_on"]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


HIGH_ROLES = {StaffRole.Role.COORDINATOR, StaffRole.Role.ADMINISTRATOR}
"""Roles that only an administrator gives and ends."""


class Absence(Period):
    """Days on which a person is away, and who stands in for them.

    The reason stays with the person; a long leave keeps the post.
    """

    class Kind(models.TextChoices):
        SHORT = "short", _("Away")
        LEAVE = "leave", _("Long leave")

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHORT)
    stand_in = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="standing_in"
    )

    class Meta(Period.Meta):
        ordering = ["starts_on"]
        constraints = [
            *Period.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(stand_in__isnull=True) | ~models.Q(stand_in=models.F("user")),
                name="people_absence_stand_in_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_on}"


class InvitationQuerySet(models.QuerySet):
    def open(self) -> "InvitationQuerySet":
        """Not yet used and not withdrawn; it may have expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def visible_to(self, user: User) -> "InvitationQuerySet":
        """Administrators see all, coordinators all but those of people with a high role,
        managers those of their own workers.
        """
        from people.standing import standing_of

        standing = standing_of(user)
        if standing.is_administrator:
            return self
        high = StaffRole.objects.exclude(ends_on__lt=standing.day).filter(
            user=models.OuterRef("user"), role__in=HIGH_ROLES
        )
        if standing.is_coordinator:
            return self.filter(~models.Exists(high))
        workers = Post.objects.exclude(ends_on__lt=standing.day).filter(
            user=models.OuterRef("user"),
            kind=Post.Kind.WORKER,
            municipality__in=standing.manages,
        )
        return self.filter(~models.Exists(high), models.Exists(workers))


class Invitation(models.Model):
    """A link by which a known person gets a login: valid once, for 14 days.

    Only the link's SHA-256 is stored.
    """

    id = uuid_key()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            pair("invited"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="people_invitation_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.invited_at:%Y-%m-%d}"

    @property
    def is_expired(self) -> bool:
        return clock.now() >= self.expires_at


class Draft(models.Model):
    """What somebody has typed and not yet sent: encrypted, theirs alone.

    `kind` names the form, `subject_id` the row it is about (or is nil for a new
    one). The draft's own key becomes the key of the row made from it.
    """

    id = uuid_key()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField(null=True)
    content = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["owner", "kind"], name="people_draft_owner_kind")]
        constraints = [
            # Without a row it is about, somebody may have several (of new requests).
            models.UniqueConstraint(
                fields=["owner", "kind", "subject_id"], name="people_draft_once_per_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


def hash_token(token: str) -> str:
    """Return the SHA-256 by which a stored personal link is found."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Return a random token for a personal link (256 bits, URL-safe)."""
    return secrets.token_urlsafe(32)


class LawReference(models.Model):
    """Where a rule stands in the law, as words that administrators keep: laws change."""

    key = models.SlugField(primary_key=True, max_length=30)
    name = Translated(models.CharField(max_length=120))
    text = Translated(models.TextField(blank=True))
    link = models.CharField(max_length=300, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """When a worker was first appointed and got the professional qualification, as they say.

    Without a row the posts on record say when they began, and nothing is known of the other.
    """

    user = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="qualification"
    )
    first_appointed_on = models.DateField(null=True, blank=True)
    obtained_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id}"
