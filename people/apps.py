from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from journal.record import register_sentences
        from people.sentences import SENTENCES

        register_sentences(SENTENCES)
