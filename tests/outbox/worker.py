"""A worker to be killed: a process with a database of its own that forks sweeps to order.

Run as `python -m tests.outbox.worker <port of the mail server> <number of mails>`. Each line
of its input is a moment (seconds since 1970) and how many sweep at that moment; it answers
with their processes, and "done" once they have ended, by themselves or not.
"""

import os
import sys
from datetime import UTC, datetime


def main() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from common import clock
    from outbox.compose import compose
    from outbox.tasks import send_waiting

    port, mails = map(int, sys.argv[1:])
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    call_command("migrate", verbosity=0)

    def sweep(seconds: str) -> int:
        """Return the process that sweeps at this moment."""
        if child := os.fork():
            return child
        with clock.process_at(datetime.fromtimestamp(float(seconds), UTC)):
            send_waiting()
        os._exit(0)

    for order in sys.stdin:
        seconds, number = order.split()
        if number == "0":
            with clock.process_at(datetime.fromtimestamp(float(seconds), UTC)):
                for n in range(mails):
                    address = f"lugeja{n}@test.example"
                    compose("people.password_reset_key", address=address, link="/x/")
        # What SQLite has open must not be shared with a fork.
        connection.close()
        children = [sweep(seconds) for _n in range(int(number))]
        sys.stdout.write(f"{' '.join(map(str, children))}\n")
        sys.stdout.flush()
        for child in children:
            os.waitpid(child, 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
