"""What a person is on a given day, worked out from posts, roles, areas and absences."""

import uuid
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Exists, OuterRef, Q, UUIDField, Value
from django.db.models.functions import Cast

from common import clock
from people.models import Absence, Post, ServiceArea, StaffRole, User


@dataclass(frozen=True)
class Standing:
    """A person's roles on a day. Municipalities are given by their keys.

    `serves` holds the municipalities that a consultant serves; `stands_in_for`
    the people for whom this person stands in that day, and `serves_as_stand_in`
    what those people serve.
    """

    day: date
    works_in: frozenset[uuid.UUID] = frozenset()
    manages: frozenset[uuid.UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    serves: frozenset[uuid.UUID] = frozenset()
    stands_in_for: frozenset[uuid.UUID] = frozenset()
    serves_as_stand_in: frozenset[uuid.UUID] = field(default=frozenset())

    @property
    def is_worker(self) -> bool:
        return bool(self.works_in)

    @property
    def is_manager(self) -> bool:
        return bool(self.manages)

    @property
    def is_consultant(self) -> bool:
        return StaffRole.Role.CONSULTANT in self.roles

    @property
    def is_supervisor(self) -> bool:
        return StaffRole.Role.SUPERVISOR in self.roles

    @property
    def is_coordinator(self) -> bool:
        return StaffRole.Role.COORDINATOR in self.roles

    @property
    def is_administrator(self) -> bool:
        return StaffRole.Role.ADMINISTRATOR in self.roles

    @property
    def is_board(self) -> bool:
        """A consultant or the coordinator: those who keep the services running."""
        return self.is_consultant or self.is_coordinator

    @property
    def all_served(self) -> frozenset[uuid.UUID]:
        """What a consultant serves that day, as stand-in too; empty for all others."""
        return self.serves | self.serves_as_stand_in if self.is_consultant else frozenset()

    @property
    def municipalities(self) -> frozenset[uuid.UUID]:
        return self.works_in | self.manages

    @property
    def is_anyone(self) -> bool:
        return bool(self.roles or self.works_in or self.manages)


def standing_of(user: User | AnonymousUser, day: date | None = None) -> Standing:
    """Work out what `user` is on `day` (today when not given). One query.

    Within one web request the result is remembered on the user object.
    """
    day = day or clock.today()
    if not user.is_authenticated or not user.is_active:
        return Standing(day=day)
    remembered: dict[date, Standing] | None = getattr(user, "_standings", None)
    if remembered is not None and day in remembered:
        return remembered[day]
    standing = _work_out(user, day)
    if remembered is not None:
        remembered[day] = standing
    return standing


def remember_standing(user: User) -> None:
    """Let this user object keep its standings: for the length of one request."""
    user._standings = {}


def _work_out(user: User, day: date) -> Standing:
    nobody = Cast(Value(None), UUIDField())
    standing_in = Absence.objects.on(day).filter(stand_in=user)
    served_for_others = ServiceArea.objects.on(day).filter(
        Exists(standing_in.filter(user=OuterRef("consultant")))
    )

    def facts(rows, source: str, word, key):
        return rows.order_by().values_list(
            Value(source, output_field=CharField()),
            Cast(word, CharField(max_length=20)) if isinstance(word, str) else word,
            key,
        )

    blank = Value("", output_field=CharField(max_length=20))
    rows = facts(Post.objects.on(day).filter(user=user), "post", "kind", "municipality_id").union(
        facts(StaffRole.objects.on(day).filter(user=user), "role", "role", nobody),
        facts(
            ServiceArea.objects.on(day).filter(consultant=user), "area", blank, "municipality_id"
        ),
        facts(standing_in, "stand-in", blank, "user_id"),
        facts(served_for_others, "stand-in area", blank, "municipality_id"),
        all=True,
    )
    found: dict[str, set] = {}
    for source, word, key in rows:
        found.setdefault(f"{source} {word}".strip(), set()).add(key)
    return Standing(
        day=day,
        works_in=frozenset(found.get(f"post {Post.Kind.WORKER}", ())),
        manages=frozenset(found.get(f"post {Post.Kind.MANAGER}", ())),
        roles=frozenset(role for role in StaffRole.Role.values if f"role {role}" in found),
        serves=frozenset(found.get("area", ())),
        stands_in_for=frozenset(found.get("stand-in", ())),
        serves_as_stand_in=frozenset(found.get("stand-in area", ())),
    )


def consultants_serving(municipality_id: uuid.UUID, day: date) -> Q:
    """Return the filter on users: consultants who serve the municipality on the day, as
    themselves or as the stand-in of one who does.
    """
    serving = ServiceArea.objects.on(day).filter(municipality_id=municipality_id)
    own = Exists(serving.filter(consultant=OuterRef("pk")))
    absent = Absence.objects.on(day).filter(stand_in=OuterRef("pk"))
    stand_in = Exists(absent.filter(user__in=serving.values("consultant")))
    role = StaffRole.objects.on(day).filter(role=StaffRole.Role.CONSULTANT, user=OuterRef("pk"))
    return Q(Exists(role)) & (Q(own) | Q(stand_in))
