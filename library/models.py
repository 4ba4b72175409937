from datetime import timedelta

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.fields import CONTENT_LANGUAGES, EncryptedTextField, Translated, pair
from common.text import fold
from people.models import User, uuid_key


BROKEN_AFTER = timedelta(days=2)
"""A link is broken when it did not answer at one check and has not by one this much later."""
CHECK_EVERY = timedelta(days=1)


class Block(models.Model):
    """One of the three topic blocks of mentorship."""

    key = models.SlugField(primary_key=True, max_length=30)
    number = models.PositiveSmallIntegerField(unique=True)
    name = Translated(models.CharField(max_length=120))

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return self.name


class Standard(models.Model):
    """A version of the professional standard; a new one is another row, and old records keep
    the one they were written by.
    """

    key = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    mark = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="library_standard_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.version}"


class Competence(models.Model):
    """A competence of the professional standard.

    The key is ours and stable; the printed code is a label only, because the
    standard's own numbering contradicts itself.
    """

    key = models.SlugField(primary_key=True, max_length=50)
    printed_code = models.CharField(max_length=12)
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="competences")
    name = Translated(models.CharField(max_length=200))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    """One of the thirteen topics."""

    key = models.SlugField(primary_key=True, max_length=40)
    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="topics")
    position = models.PositiveSmallIntegerField()
    name = Translated(models.CharField(max_length=120))
    competences = models.ManyToManyField(Competence, related_name="topics", blank=True)

    class Meta:
        ordering = ["block__number", "position"]

    def __str__(self) -> str:
        return self.name


class MaterialQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "MaterialQuerySet":
        """Everyone with an account reads the library, for good."""
        return self.filter(withdrawn_at__isnull=True) if user.is_authenticated else self.none()

    def on_shelf_of(self, user: User) -> "MaterialQuerySet":
        """What the person has put aside; of withdrawn materials the name alone is to be told."""
        return self.filter(marks__user=user, marks__kind=MaterialMark.Kind.SHELF)

    def containing(self, text: str) -> "MaterialQuerySet":
        """Materials in which all words of the text occur, õ for o and š for s forgiven."""
        found = self
        for word in fold(text).split():
            found = found.filter(folded__contains=word)
        return found

    def with_broken_link(self) -> "MaterialQuerySet":
        return self.filter(
            withdrawn_at__isnull=True,
            link_failing_since__lte=models.F("link_checked_at") - BROKEN_AFTER,
        )

    def links_due(self) -> "MaterialQuerySet":
        """Materials whose link has not been asked for a day."""
        asked = models.Q(link_checked_at__gt=clock.now() - CHECK_EVERY)
        return self.filter(withdrawn_at__isnull=True).exclude(link="").exclude(asked)

    def with_marks_of(self, user: User) -> "MaterialQuerySet":
        """Give each `useful_count`, how many found it useful, and whether this person did
        (`is_useful`) and has it on their shelf (`is_on_shelf`).
        """
        marks = MaterialMark.objects.filter(material=models.OuterRef("pk"))
        useful = marks.filter(kind=MaterialMark.Kind.USEFUL)
        number = useful.order_by().values("material").annotate(n=models.Count("pk")).values("n")
        own = marks.filter(user=user)
        return self.annotate(
            useful_count=Coalesce(models.Subquery(number), 0),
            is_useful=models.Exists(own.filter(kind=MaterialMark.Kind.USEFUL)),
            is_on_shelf=models.Exists(own.filter(kind=MaterialMark.Kind.SHELF)),
        )


class Material(models.Model):
    """A support material of a topic: a link or a file."""

    class Kind(models.TextChoices):
        GUIDE = "guide", _("Guide")
        FORM = "form", _("Form or template")
        LAW = "law", _("Law")
        ARTICLE = "article", _("Article")
        TRAINING = "training", _("Training")
        VIDEO = "video", _("Video")

    id = uuid_key()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="materials")
    title = models.CharField(max_length=200)
    description = models.CharField(max_length=400, blank=True)
    # Title, description, kind, topic, block, file name and link without accents, for search.
    folded = models.TextField(editable=False, default="")
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=5, default="et")
    link = models.URLField(max_length=500, blank=True)
    link_checked_at = models.DateTimeField(null=True, editable=False)
    link_failing_since = models.DateTimeField(null=True, editable=False)
    file = models.FileField(upload_to="library/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField(default=clock.now)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MaterialQuerySet.as_manager()

    class Meta:
        ordering = ["topic__block__number", "topic__position", "title"]
        constraints = [
            pair("added"),
            pair("withdrawn"),
            models.CheckConstraint(
                condition=models.Q(link="", file__gt="") | models.Q(link__gt="", file=""),
                name="library_material_link_or_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        topic = self.topic
        names = [topic.name_et, topic.name_en, topic.block.name_et, topic.block.name_en]
        for language in CONTENT_LANGUAGES:
            with translation.override(language):
                names.append(str(self.get_kind_display()))
        words = [self.title, self.description, self.file_name, self.link, *names]
        self.folded = fold(" ".join(word or "" for word in words))
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "folded"}
        super().save(*args, **kwargs)

    @property
    def link_is_broken(self) -> bool:
        """The same as `MaterialQuerySet.with_broken_link`."""
        checked, since = self.link_checked_at, self.link_failing_since
        return bool(checked and since and since <= checked - BROKEN_AFTER)


class MaterialMark(models.Model):
    """What one person made of a material: found it useful, or put it on their own shelf.

    Of the first only the number is shown.
    """

    class Kind(models.TextChoices):
        USEFUL = "useful", _("Useful")
        SHELF = "shelf", _("On the shelf")

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="marks")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["material", "user", "kind"], name="library_material_mark_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.material_id} {self.kind}"


class LearningEntryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> "LearningEntryQuerySet":
        """One's own alone: no manager, no coordinator, no administrator."""
        return self.filter(owner=user)


class LearningEntry(models.Model):
    """Something a worker learned from, entered by themselves for their own record."""

    class Kind(models.TextChoices):
        TRAINING = "training", _("Training")
        COVISION = "covision", _("Covision")
        SUPERVISION = "supervision", _("Supervision got elsewhere")
        READING = "reading", _("Reading")
        OTHER = "other", _("Something else")

    id = uuid_key()
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="learning")
    kind = models.CharField(max_length=12, choices=Kind)
    title = EncryptedTextField()
    happened_on = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=2)
    words = EncryptedTextField(blank=True)
    competences = models.ManyToManyField(Competence, related_name="+", blank=True)
    added_at = models.DateTimeField(default=clock.now)

    objects = LearningEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hours__gt=0, hours__lte=200), name="library_learning_hours"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"
