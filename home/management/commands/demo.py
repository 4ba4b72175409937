from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from common import clock
from home.demo.chance import Chance
from home.demo.past import relive
from home.demo.population import ACCOUNTS, populate
from home.demo.present import live
from people.models import User


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration. A later run adds and moves nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--scale", type=int, default=1, metavar="N", help="N times the people and past rows"
        )

    def handle(self, *args, scale: int, **options) -> None:
        if not settings.DEMO:
            raise CommandError(
                "The demonstration needs DEMO=1: it makes accounts with a known password."
            )
        if User.objects.filter(email=ACCOUNTS["coordinator"][0]).exists():
            self.stdout.write("The demonstration is already there; nothing was changed.")
            return
        call_command("load_reference", verbosity=0)
        today = clock.today()
        chance = Chance(f"toetuspakett {today.isoformat()}")
        with transaction.atomic():
            population = populate(chance, today, scale)
            relive(chance, population, today=today, scale=scale)
            live(chance, population, today=today)
        self.stdout.write(f"The demonstration is ready: {User.objects.count()} people.")
