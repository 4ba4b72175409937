from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _


register = template.Library()


def hours_number(hours: Decimal) -> str:
    """1,5 (et), 1.5 (en)."""
    return number_format(hours.normalize(), use_l10n=True)


@register.simple_tag
def hours_text(hours: Decimal) -> str:
    """1,5 h, as the language writes numbers."""
    return _("%(n)s h") % {"n": hours_number(hours)}
