"""Model fields that more than one room uses."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import crypto


class Ciphertext(str):
    """A sealed value as it came from the database."""


class _Sealed(DeferredAttribute):
    """Opens the sealed text when it is first read, with the row's own key."""

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Ciphertext):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        # Being a data descriptor is what makes __get__ run for loaded rows too.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that stands encrypted in the database, bound to its row and field.

    Written by `save()` and `bulk_create()`; `QuerySet.update()` is refused,
    because it does not know the row. The primary key must be known before the
    row is written (all our models have UUID keys). An empty text stays empty.
    """

    descriptor_class = _Sealed

    def bound_to(self, instance: models.Model) -> str:
        return f"{instance._meta.label_lower}.{self.name}:{instance.pk}"

    def open(self, instance: models.Model, value: Ciphertext) -> Any:
        return crypto.decrypt(value, bound_to=self.bound_to(instance))

    def seal(self, instance: models.Model, value: Any) -> str:
        return crypto.encrypt(str(value), bound_to=self.bound_to(instance))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname, "")
        if isinstance(value, Ciphertext) or value in ("", None):
            return value
        return Ciphertext(self.seal(model_instance, value))

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value not in ("", None) and not isinstance(value, Ciphertext):
            raise TypeError(f"{self}: encrypted fields are written by save(), not by update()")
        return super().get_db_prep_save(value, connection)


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted the same way. Dates and decimals must be text."""

    def open(self, instance: models.Model, value: Ciphertext) -> Any:
        return json.loads(super().open(instance, value))

    def seal(self, instance: models.Model, value: Any) -> str:
        return super().seal(instance, json.dumps(value, ensure_ascii=False))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Ciphertext):
            return value
        return Ciphertext(self.seal(model_instance, value))


CONTENT_LANGUAGES = ("et", "en")


class Translated:
    """A text of the field kept in one column per language: `name` → `name_et`, `name_en`.

    Reading `row.name` gives the active language's text, or the Estonian one
    where it is missing.
    """

    def __init__(self, field: models.Field) -> None:
        self.field = field

    def contribute_to_class(self, cls: type[models.Model], name: str) -> None:
        for language in CONTENT_LANGUAGES:
            _name, _path, args, kwargs = self.field.deconstruct()
            if language != "et":
                kwargs["blank"] = True
            column = self.field.__class__(*args, **kwargs)
            column.contribute_to_class(cls, f"{name}_{language}")

        def read(row: models.Model) -> str:
            return getattr(row, f"{name}_{get_language()}", "") or getattr(row, f"{name}_et")

        setattr(cls, name, property(read))


class PeriodQuerySet(models.QuerySet):
    """Rows that hold from `starts_on` to `ends_on`, both days included."""

    def on(self, day) -> "PeriodQuerySet":
        return self.filter(starts_on__lte=day).exclude(ends_on__lt=day)

    def overlapping(self, first, last) -> "PeriodQuerySet":
        return self.filter(starts_on__lte=last).exclude(ends_on__lt=first)


class Period(models.Model):
    """Something that holds for a time; an empty end means until further notice."""

    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="%(app_label)s_%(class)s_end_not_before_start",
            )
        ]

    def holds_on(self, day) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The end cannot be before the start.")})


def pair(name: str, *, label: str | None = None) -> models.CheckConstraint:
    """Return the constraint that `<name>_at` and `<name>_by` are both set or both empty."""
    both = models.Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True}) | models.Q(
        **{f"{name}_at__isnull": False, f"{name}_by__isnull": False}
    )
    return models.CheckConstraint(
        condition=both, name=f"%(app_label)s_%(class)s_{label or name}_pair"
    )
