from django.apps import AppConfig


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        from journal.record import register_sentences
        from library.sentences import SENTENCES

        register_sentences(SENTENCES)
