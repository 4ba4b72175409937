from django.core.management.base import BaseCommand

from common.crypto import new_key


class Command(BaseCommand):
    help = "Print a fresh key for FIELD_KEYS (put it first; keep the old ones to read old rows)."
    requires_system_checks = ()

    def handle(self, *args, **options) -> None:
        self.stdout.write(new_key())
