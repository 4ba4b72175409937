"""How django-allauth is bent to this product: closed sign-up, mails through the outbox."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from journal.record import record
from outbox.compose import absolute, compose
from people.models import User


MAILS = {
    "password_reset_key": "people.password_reset_key",
    "password_reset": "people.password_changed",
    "password_changed": "people.password_changed",
    "password_set": "people.password_changed",
    "email_confirmation": "people.email_confirmation",
    "email_changed": "people.email_changed",
}
"""allauth's mails that are sent, and our words for each. The others are not sent: an unknown
address gets no letter, because a stranger could have typed it.
"""


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "duplicate_email": _("This is your address already."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("Another account has this address already."),
        "enter_current_password": _("This is not your present password."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link does not work any more. Ask for a new one."),
        "too_many_login_attempts": _("Too many failed attempts. Wait five minutes and try again."),
    }

    def is_open_for_signup(self, request) -> bool:
        """An account comes from an invitation alone."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Put allauth's mail into the outbox, with our own words for it."""
        kind = MAILS.get(template_prefix.rsplit("/", 1)[-1])
        if kind is None:
            return
        link = context.get("password_reset_url") or context.get("activate_url") or "/"
        # Links in mails lead to SITE_URL, whatever host name the browser asked for.
        compose(
            kind,
            to=context["user"],
            address=email,
            link=absolute(urlsplit(link).path),
            urgent=True,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict | None = None,
        email: str | None = None,
    ) -> None:
        """Tell people what happened to their account; without the browser's particulars."""
        self.send_mail(template_prefix, email or user.email or "", {"user": user})

    def login(self, request: Any, user: User) -> None:
        """Log in, and see to it that allauth knows the address as the person's own.

        It came by invitation and is theirs; allauth would take an address that it has
        not confirmed itself for a pending change and let the person remove it.
        """
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        super().login(request, user)

    @transaction.atomic
    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        record("people.password_set", by=user, subject=user)

    @transaction.atomic
    def confirm_email(self, request: Any, email_address: EmailAddress) -> bool:
        """Make a new address the login, unless somebody else got it meanwhile."""
        person = email_address.user
        others = User.objects.exclude(pk=person.pk)
        if others.filter(email__iexact=email_address.email).exists():
            self.add_message(
                request, messages.ERROR, message=str(self.error_messages["email_taken"])
            )
            return False
        if not super().confirm_email(request, email_address):
            return False
        record("people.email_changed", by=person, subject=person)
        return True
