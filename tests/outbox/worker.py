"""A worker to be killed: a process with a database of its own that forks sweeps to order.

Run as `python -m tests.outbox.worker <port of the mail server>`. Each line of its input is
either "compose <moment> <mails> <readers>", where each reader of a daily summary mail is told
`NEWS` things, or "sweep <moment> <number>". It answers with the processes that sweep, and
"done" once they have ended, by themselves or not. Moments are seconds since 1970.
"""

import os
import sys
from datetime import UTC, datetime


NEWS = 4


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.urls import get_resolver

    from common import clock
    from outbox.compose import compose
    from outbox.digest import choose, gather_due
    from outbox.tasks import send_waiting
    from people.models import User

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
    call_command("migrate", verbosity=0)
    # A worker that has run for a while knows all addresses; loading them takes half a second.
    get_resolver().url_patterns  # noqa: B018
    kind = "people.password_reset_key"

    def fill(mails: int, readers: int) -> None:
        for n in range(mails):
            compose(kind, address=f"lugeja{n}@test.example", link="/x/")
        for n in range(readers):
            user = User.objects.create_user(f"kokku{n}@test.example", None)
            choose(user, digest="daily")
            for _n in range(NEWS):
                compose(kind, to=user, link="/x/", may_wait=True)

    def sweep() -> int:
        """Return the process that sweeps."""
        if child := os.fork():
            return child
        gather_due()
        send_waiting()
        os._exit(0)

    for order in sys.stdin:
        what, seconds, *numbers = order.split()
        with clock.process_at(datetime.fromtimestamp(float(seconds), UTC)):
            if what == "compose":
                fill(*map(int, numbers))
            # What SQLite has open must not be shared with a fork.
            connection.close()
            children = [sweep() for _n in range(int(numbers[0]))] if what == "sweep" else []
        sys.stdout.write(" ".join(map(str, children)) + "\n")
        sys.stdout.flush()
        for child in children:
            os.waitpid(child, 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
