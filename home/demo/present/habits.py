from datetime import time, timedelta

from home.demo.present.stage import Stage
from meetings.actions import add_exception, add_hours, change_rules
from outbox.models import Preference
from people.actions import change_telling
from people.models import Absence


class Habits(Stage):
    """What people have said of themselves: when they are away, can be met and want mails."""

    def play(self) -> None:
        self.absence()
        self.availability()
        self.telling()

    def absence(self) -> None:
        """A consultant is away next week; another stands in."""
        first = self.today + timedelta(days=7)
        Absence.objects.create(
            user=self.population.consultants[2],
            starts_on=first,
            ends_on=first + timedelta(days=9),
            stand_in=self.population.consultants[3],
        )

    def availability(self) -> None:
        """The consultant and the worker of the demonstration have said when they can be met."""
        consultant, worker = self.accounts["consultant"], self.accounts["worker"]
        with self.on(self.ago(60)) as moment:
            since = moment.date()
            for begins, ends in ((time(9), time(12)), (time(13), time(16))):
                add_hours(
                    weekdays=range(4), begins=begins, ends=ends, starts_on=since, by=consultant
                )
            add_hours(weekdays=[4], begins=time(9), ends=time(12), starts_on=since, by=consultant)
            add_hours(weekdays=range(5), begins=time(8), ends=time(16), starts_on=since, by=worker)
            change_rules(
                minutes_before=10,
                minutes_after=10,
                travel_minutes=60,
                notice_hours=24,
                most_a_day=4,
                meeting_minutes=60,
                by=consultant,
            )
        add_exception(day=self.ahead(17), by=consultant)

    def telling(self) -> None:
        """A worker wants one summary mail a day and two reminders; everyone else chose nothing."""
        change_telling(
            digest=Preference.Digest.DAILY,
            remind=Preference.Remind.BOTH,
            quiet_from=time(18),
            quiet_until=time(7),
            quiet_weekends=True,
            by=self.accounts["worker"],
        )
