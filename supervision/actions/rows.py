"""Reading rows anew and holding them, as every action here begins."""

import uuid
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from common.refusal import Refused


Row = TypeVar("Row", bound=models.Model)


def locked(row: Row) -> Row:
    """Read the row anew and hold it until the transaction ends."""
    return type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)


def made_before(model: type[Row], pk: uuid.UUID | None, **owned: object) -> Row | None:
    """Return the row that an earlier sending of the same form made, or None.

    Raises Refused when the key belongs to somebody else's row.
    """
    row = model.objects.filter(pk=pk).first() if pk else None
    if row is None or all(getattr(row, name) == value for name, value in owned.items()):
        return row
    raise Refused(_("This form was already used. Open the page again and fill it in anew."))


def check_version(row: models.Model, version: int | None) -> None:
    """Refuse a form that shows older words than the row now holds. None means not asked."""
    if version is not None and version != row.version:
        raise Refused(
            _("Somebody changed this meanwhile. Your text is kept below: compare and save again.")
        )


def save(row: models.Model) -> None:
    row.version += 1
    row.save()
