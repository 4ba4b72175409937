from django.apps import AppConfig


class MentorshipConfig(AppConfig):
    name = "mentorship"

    def ready(self) -> None:
        from journal.record import register_sentences
        from meetings.services import register_service
        from mentorship.load import open_work
        from mentorship.meetings import MentoringMeetingService
        from mentorship.sentences import SENTENCES
        from people.load import register_load

        register_sentences(SENTENCES)
        register_service(MentoringMeetingService())
        register_load("mentorship", open_work)
