"""How days, times and counts are written on the screen and in mails."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import clock


register = template.Library()


def _local_day(value: date | datetime) -> date:
    return clock.day_of(value) if isinstance(value, datetime) else value


def _clock_time(value: datetime) -> str:
    return formats.time_format(value.astimezone(clock.TALLINN), "TIME_FORMAT")


def _at_hour(value: datetime) -> str:
    hour = _clock_time(value)
    return f"kl {hour}" if get_language() == "et" else hour


@register.filter
def day_text(value: date | datetime | None) -> str:
    """22.11.2026 (et), 22 November 2026 (en); empty for None."""
    return formats.date_format(_local_day(value), "DATE_FORMAT") if value else ""


@register.filter
def period_text(value: object) -> str:
    """22.11.2026–30.11.2026, or "from 22.11.2026" without an end; of anything with both days."""
    if value.ends_on is None:
        return _("from %(day)s") % {"day": day_text(value.starts_on)}
    if value.ends_on == value.starts_on:
        return day_text(value.starts_on)
    return f"{day_text(value.starts_on)}–{day_text(value.ends_on)}"


@register.filter
def moment_text(value: datetime | None) -> str:
    """22.11.2026 kl 10.00 (et), 22 November 2026, 10:00 (en)."""
    if not value:
        return ""
    joint = " " if get_language() == "et" else ", "
    return f"{day_text(value)}{joint}{_at_hour(value)}"


@register.filter
def due_text(value: datetime | None) -> str:
    """The last day of a deadline that ends at 24.00, not the next day's first moment."""
    return day_text(value - timedelta(microseconds=1)) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """The day in a machine-readable <time>."""
    if not value:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', _local_day(value).isoformat(), day_text(value)
    )


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time in a machine-readable <time>."""
    if not value:
        return ""
    machine = value.astimezone(clock.TALLINN).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}</time>', machine, moment_text(value))


@register.filter
def hour(value: datetime | None) -> str:
    """10.00 (et), 10:00 (en)."""
    return _clock_time(value) if value else ""


@register.filter
def weekday(value: date | datetime) -> str:
    """The weekday's name, lower case in Estonian."""
    name = formats.date_format(_local_day(value), "l")
    return name.lower() if get_language() == "et" else name


@register.simple_tag
def span(starts_at: datetime, ends_at: datetime) -> str:
    """22.11.2026 kl 10.00–11.30: a meeting's time, both ends on one day as a rule."""
    if clock.day_of(starts_at) == clock.day_of(ends_at):
        end = _clock_time(ends_at)
    else:
        end = moment_text(ends_at)
    machine = starts_at.astimezone(clock.TALLINN).isoformat(timespec="minutes")
    return format_html('<time datetime="{}">{}–{}</time>', machine, moment_text(starts_at), end)


@register.filter
def in_words(value: date | datetime | None) -> str:
    """Today, tomorrow, yesterday, or the day."""
    if not value:
        return ""
    distance = (_local_day(value) - clock.today()).days
    return {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get(distance) or day_text(value)
