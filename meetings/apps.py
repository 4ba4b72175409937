from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self) -> None:
        from journal.record import register_sentences
        from meetings.sentences import SENTENCES

        register_sentences(SENTENCES)
