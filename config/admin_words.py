"""What the administrators' site calls models and their fields.

No other page shows these names, so they stand here and not in the models. The names of fields
are Django's, made from the attribute; they are listed for the catalogue of translations.
"""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


MODELS = {
    "consultations.Topic": (_("topic of a consultation"), _("topics of consultations")),
    "journal.Entry": (_("entry of the journal"), _("journal")),
    "library.Block": (_("topic block"), _("topic blocks")),
    "library.Competence": (_("competence"), _("competences")),
    "library.Topic": (_("topic of the library"), _("topics of the library")),
    "meetings.ChangeRule": (_("rule for moving meetings"), _("rules for moving meetings")),
    "meetings.IncomingMail": (_("incoming mail"), _("incoming mails")),
    "outbox.Attempt": (_("attempt"), _("attempts at sending")),
    "outbox.Message": (_("mail"), _("mails")),
    "people.County": (_("county"), _("counties")),
    "people.LawReference": (_("reference to the law"), _("references to the law")),
    "people.Municipality": (_("municipality"), _("municipalities")),
    "people.MunicipalityCode": (_("EHAK code"), _("EHAK codes")),
    "people.Post": (_("post"), _("posts")),
    "people.Region": (_("region"), _("regions")),
    "people.ServiceArea": (_("municipality served"), _("municipalities served")),
    "people.StaffRole": (_("role"), _("roles")),
    "people.User": (_("person"), _("people")),
}

FIELDS = [
    gettext_noop("about"),
    gettext_noop("actor"),
    gettext_noop("address"),
    gettext_noop("at"),
    gettext_noop("attempts"),
    gettext_noop("begun at"),
    gettext_noop("block"),
    gettext_noop("body"),
    gettext_noop("calendar"),
    gettext_noop("calendar method"),
    gettext_noop("claimed at"),
    gettext_noop("code"),
    gettext_noop("competences"),
    gettext_noop("composed at"),
    gettext_noop("consultant"),
    gettext_noop("county"),
    gettext_noop("created at"),
    gettext_noop("details"),
    gettext_noop("ends on"),
    gettext_noop("error"),
    gettext_noop("expires at"),
    gettext_noop("folded name"),
    gettext_noop("for kind"),
    gettext_noop("invitee"),
    gettext_noop("gathered in"),
    gettext_noop("key"),
    gettext_noop("kind"),
    gettext_noop("language"),
    gettext_noop("last error"),
    gettext_noop("latitude"),
    gettext_noop("link"),
    gettext_noop("longitude"),
    gettext_noop("meeting"),
    gettext_noop("message hash"),
    gettext_noop("message"),
    gettext_noop("message id"),
    gettext_noop("most moves"),
    gettext_noop("municipality"),
    gettext_noop("name"),
    gettext_noop("name en"),
    gettext_noop("name et"),
    gettext_noop("notice hours"),
    gettext_noop("text et"),
    gettext_noop("text en"),
    gettext_noop("years"),
    gettext_noop("number"),
    gettext_noop("once key"),
    gettext_noop("outcome"),
    gettext_noop("position"),
    gettext_noop("printed code"),
    gettext_noop("received at"),
    gettext_noop("recipient"),
    gettext_noop("region"),
    gettext_noop("reply hash"),
    gettext_noop("result"),
    gettext_noop("role"),
    gettext_noop("send after"),
    gettext_noop("sent at"),
    gettext_noop("service"),
    gettext_noop("short name"),
    gettext_noop("standard"),
    gettext_noop("starts on"),
    gettext_noop("status"),
    gettext_noop("subject"),
    gettext_noop("subject id"),
    gettext_noop("subject type"),
    gettext_noop("successor"),
    gettext_noop("title"),
    gettext_noop("user"),
]


def put_into_words(model: type[Model], admin_class: type[ModelAdmin] | None) -> None:
    """Name the model, its fields and those of its inlines in the reader's language."""
    for each in [model, *(inline.model for inline in getattr(admin_class, "inlines", ()))]:
        options: Any = each._meta
        if options.label not in MODELS:
            # Django offers its own user too, and leaves it out itself.
            continue
        options.verbose_name, options.verbose_name_plural = MODELS[options.label]
        for field in options.fields + options.many_to_many:
            if isinstance(field.verbose_name, str):
                field.verbose_name = _(field.verbose_name)
