"""Guests typed one per line. Not in the package's list: the actions import that."""

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from meetings.actions import Guest


def guests_of(text: str) -> list[Guest]:
    """Read lines of "name, e-mail, institution". Raises ValidationError naming the line."""
    guests: list[Guest] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, _comma, rest = line.partition(",")
        email, _comma, body = rest.partition(",")
        guest = Guest(name=name.strip(), email=email.strip().lower(), body=body.strip())
        problem = _problem_of(guest, guests)
        if problem:
            raise forms.ValidationError(
                _("Line %(n)s: %(problem)s") % {"n": number, "problem": problem}
            )
        guests.append(guest)
    return guests


def _problem_of(guest: Guest, before: list[Guest]) -> str:
    if not guest.name or not guest.email:
        return _("write the name, a comma and the e-mail address.")
    if max(len(guest.name), len(guest.body)) > 120:
        return _("the name or the institution is too long.")
    try:
        validate_email(guest.email)
    except forms.ValidationError:
        return _("the e-mail address is not right.")
    if guest.email in {other.email for other in before}:
        return _("this address is on the list already.")
    return ""
