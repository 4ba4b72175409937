from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from journal.record import register_sentences
        from reports.sentences import SENTENCES

        register_sentences(SENTENCES)
