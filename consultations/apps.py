from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Case consultation")

    def ready(self) -> None:
        from consultations.load import open_work
        from consultations.meetings import CaseMeetingService
        from consultations.sentences import SENTENCES
        from journal.record import register_sentences
        from meetings.services import register_poll_service
        from people.load import register_load

        register_sentences(SENTENCES)
        register_poll_service(CaseMeetingService())
        register_load("consultations", open_work)
