from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"

    def ready(self) -> None:
        from journal.record import register_sentences
        from meetings.feed_kinds import register_feed_kind
        from meetings.services import register_poll_service, register_service
        from people.load import register_load
        from supervision.feeds import GroupMeetings
        from supervision.load import open_work
        from supervision.meetings import NetworkMeetingService, SessionMeetingService
        from supervision.sentences import SENTENCES

        register_sentences(SENTENCES)
        register_service(SessionMeetingService())
        register_poll_service(NetworkMeetingService())
        register_feed_kind(GroupMeetings())
        register_load("supervision", open_work)
