from django.core.management.base import BaseCommand, CommandError

from common import catalogue


class Command(BaseCommand):
    help = "Collect the words of all sources into the catalogue and compile it."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--check", action="store_true", help="fail when something is stale; change nothing"
        )
        choice.add_argument(
            "--compile", action="store_true", dest="only_compile", help="only compile what is there"
        )

    def handle(self, *args, check: bool, only_compile: bool, **options) -> None:
        if only_compile:
            catalogue.compile_all()
            return
        problems = catalogue.check() if check else catalogue.write()
        for problem in problems:
            self.stdout.write(problem)
        if check and problems:
            raise CommandError(f"{len(problems)} messages need attention")
