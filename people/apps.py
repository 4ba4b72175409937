from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from journal.record import register_sentences
        from people.sentences import SENTENCES

        register_sentences(SENTENCES)
