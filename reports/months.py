"""Names of months as reports and charts write them."""

from datetime import date

from django.utils import formats
from django.utils.translation import get_language


def month_name(month: int) -> str:
    """oktoober, October."""
    return formats.date_format(date(2001, month, 1), "F")


def month_short(month: int) -> str:
    """okt, Oct: short enough to stand below a column."""
    name = month_name(month)
    if len(name) > 5:
        name = formats.date_format(date(2001, month, 1), "M")
    # Estonian writes months in lower case; Django's short names are not.
    return name.lower() if get_language() == "et" else name
