"""What plans are begun from: the coordinator's, in versions."""

from django.db import models

from common import clock
from common.fields import Translated, pair
from people.models import User, uuid_key


class PlanTemplateQuerySet(models.QuerySet):
    def offered(self) -> "PlanTemplateQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class PlanTemplate(models.Model):
    """A beginning for plans of one kind, such as that of a newcomer."""

    id = uuid_key()
    name = Translated(models.CharField(max_length=120))
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PlanTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name_et", "id"]
        constraints = [pair("withdrawn")]

    def __str__(self) -> str:
        return self.name


class TemplateVersionQuerySet(models.QuerySet):
    def newest_offered(self) -> "TemplateVersionQuerySet":
        """The newest text of each template that is offered. One query."""
        newer = TemplateVersion.objects.filter(
            template=models.OuterRef("template"), number__gt=models.OuterRef("number")
        )
        offered = self.filter(~models.Exists(newer), template__withdrawn_at__isnull=True)
        return offered.select_related("template")


class TemplateVersion(models.Model):
    """One text of a template; it is never changed, only followed by another.

    `content` is `mentorship.contents.Contents` as JSON without an end. `months` is how long
    such a mentorship lasts. Nothing in it is about a person.
    """

    id = uuid_key()
    template = models.ForeignKey(PlanTemplate, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    months = models.PositiveSmallIntegerField(default=6)
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        ordering = ["template", "-number"]
        constraints = [
            pair("written"),
            models.UniqueConstraint(
                fields=["template", "number"], name="mentorship_templateversion_number_once"
            ),
            models.CheckConstraint(
                condition=models.Q(months__gte=1, months__lte=36),
                name="mentorship_templateversion_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.number}"

    @property
    def version(self) -> int:
        """What a page that shows it carries."""
        return self.number

    @property
    def newest(self) -> "TemplateVersion":
        return self.template.versions.first()
