"""The people of the demonstration: who works where since when, and who serves whom."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from common.text import fold
from home.demo import words
from home.demo.chance import Chance
from people.models import Municipality, Post, ServiceArea, StaffRole, User


PASSWORD = "toetuspakett-demo"

ACCOUNTS = {
    "worker": ("tootaja@demo.example", "Mari", "Udulind"),
    "new_worker": ("uus@demo.example", "Signe", "Kastekell"),
    "manager": ("juht@demo.example", "Rein", "Pilvesild"),
    "consultant": ("konsultant@demo.example", "Liis", "Tähesäde"),
    "consultant2": ("konsultant2@demo.example", "Kaja", "Samblarada"),
    "supervisor": ("superviisor@demo.example", "Anne", "Hommikuhääl"),
    "coordinator": ("koordinaator@demo.example", "Toomas", "Kuukaar"),
    "administrator": ("haldur@demo.example", "Ülle", "Rahesosin"),
}

HOME = "Elva vald"
"""Where the manager with four workers is."""

# Nine consultants by county; the two accounts come first. Harju is shared by two.
SERVED_COUNTIES = [
    ("Tartu maakond", "Põlva maakond"),
    ("Pärnu maakond", "Rapla maakond"),
    ("Harju maakond",),
    ("Harju maakond",),
    ("Ida-Viru maakond",),
    ("Lääne-Viru maakond", "Järva maakond"),
    ("Jõgeva maakond", "Viljandi maakond"),
    ("Valga maakond", "Võru maakond"),
    ("Lääne maakond", "Hiiu maakond", "Saare maakond"),
]
WORKERS_IN = {"Tallinn": 32, "Tartu linn": 17, "Narva linn": 9, "Pärnu linn": 9, HOME: 4}


@dataclass
class Population:
    """Everyone, and where they worked when."""

    accounts: dict[str, User] = field(default_factory=dict)
    consultants: list[User] = field(default_factory=list)
    supervisors: list[User] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    consultant_of: dict = field(default_factory=dict)

    def workers_on(self, day: date) -> list[Post]:
        """The workers' posts of a day, one for each person."""
        return [post for post in self.posts if post.kind == Post.Kind.WORKER and post.holds_on(day)]

    def managers_on(self, day: date) -> list[Post]:
        return [
            post for post in self.posts if post.kind == Post.Kind.MANAGER and post.holds_on(day)
        ]


def populate(chance: Chance, today: date, scale: int) -> Population:
    """Write the country's people: consultants, supervisors, workers and managers."""
    names = _names(chance)
    people: list[User] = []
    roles: list[StaffRole] = []
    areas: list[ServiceArea] = []
    population = Population()
    long_ago = date(2016, 1, 1)

    def add(account: str | None = None) -> User:
        if account:
            email, first_name, last_name = ACCOUNTS[account]
        else:
            first_name, last_name = next(names)
            email = f"{_plain(first_name)}.{_plain(last_name)}.{len(people)}@demo.example"
        user = User(
            id=chance.key(),
            email=email,
            first_name=first_name,
            last_name=last_name,
            folded_name=fold(f"{first_name} {last_name}"),
            phone=f"5555 {chance.randint(1000, 9999)}",
            # Django's mark of a password that nobody can use.
            password="!demo",
        )
        if account:
            user.set_password(PASSWORD)
            population.accounts[account] = user
        people.append(user)
        return user

    def give_role(user: User, role: str) -> None:
        roles.append(StaffRole(id=chance.key(), user=user, role=role, starts_on=long_ago))

    for number in range(len(SERVED_COUNTIES)):
        consultant = add({0: "consultant", 1: "consultant2"}.get(number))
        give_role(consultant, StaffRole.Role.CONSULTANT)
        population.consultants.append(consultant)
    for number in range(5):
        supervisor = add("supervisor" if number == 0 else None)
        give_role(supervisor, StaffRole.Role.SUPERVISOR)
        population.supervisors.append(supervisor)
    give_role(add("coordinator"), StaffRole.Role.COORDINATOR)
    give_role(add("administrator"), StaffRole.Role.ADMINISTRATOR)

    municipalities = list(Municipality.objects.select_related("county", "successor"))
    for municipality in municipalities:
        consultant = _consultant_for(municipality, population.consultants)
        population.consultant_of[municipality.pk] = consultant
        areas.append(
            ServiceArea(
                id=chance.key(),
                consultant=consultant,
                municipality=municipality,
                starts_on=long_ago,
                ends_on=municipality.ends_on,
            )
        )
        _staff_municipality(population, chance, municipality, add, today, scale)

    User.objects.bulk_create(people)
    StaffRole.objects.bulk_create(roles)
    ServiceArea.objects.bulk_create(areas)
    Post.objects.bulk_create(population.posts)
    return population


def _staff_municipality(population, chance, municipality, add, today, scale) -> None:
    at_home = municipality.name == HOME

    def post(user: User, kind: str, title: str, starts_on: date, ends_on: date | None = None):
        population.posts.append(
            Post(
                id=chance.key(),
                user=user,
                municipality=municipality,
                kind=kind,
                title=title,
                starts_on=starts_on,
                ends_on=ends_on or municipality.ends_on,
            )
        )
        if municipality.ends_on and ends_on is None:
            population.posts.append(
                Post(
                    id=chance.key(),
                    user=user,
                    municipality=municipality.successor,
                    kind=kind,
                    title=title,
                    starts_on=municipality.ends_on + timedelta(days=1),
                )
            )

    # The merged municipality's manager did not stay one.
    manager_end = municipality.ends_on
    post(
        add("manager" if at_home else None),
        Post.Kind.MANAGER,
        chance.choice(words.MANAGER_TITLES),
        date(2017, 11, 1),
        manager_end,
    )
    number = WORKERS_IN.get(municipality.name) or chance.choice([1, 1, 2, 2, 2, 3, 3, 4])
    for place in range(number * scale):
        title = chance.choice(words.TITLES)
        if at_home and place == 0:
            post(add("worker"), Post.Kind.WORKER, title, date(2019, 8, 19))
        elif at_home and place == 1:
            post(add("new_worker"), Post.Kind.WORKER, title, _third_week(today))
        elif not at_home and chance.random() < 0.17 and not municipality.ends_on:
            post(add(), Post.Kind.WORKER, title, chance.day(date(2023, 1, 2), today))
        else:
            post(add(), Post.Kind.WORKER, title, chance.day(date(2017, 11, 1), date(2020, 12, 30)))
    # Those who have left since.
    if chance.random() < 0.55:
        post(
            add(),
            Post.Kind.WORKER,
            chance.choice(words.TITLES),
            date(2018, 2, 1),
            chance.day(date(2023, 1, 2), date(2025, 8, 29)),
        )


def _third_week(today: date) -> date:
    return today - timedelta(days=today.weekday() + 14)


def _consultant_for(municipality: Municipality, consultants: list[User]) -> User:
    serving = [
        consultant
        for consultant, counties in zip(consultants, SERVED_COUNTIES, strict=True)
        if municipality.county.name in counties
    ]
    if len(serving) > 1:
        # One of the two serves Tallinn, the other the rest of the county.
        return serving[0] if municipality.name == "Tallinn" else serving[1]
    return serving[0]


def _names(chance: Chance):
    """Endless invented names: each full name comes up once before any comes again."""
    pairs = [
        (first_name, beginning + ending)
        for first_name in words.FIRST_NAMES
        for beginning in words.SURNAME_BEGINNINGS
        for ending in words.SURNAME_ENDINGS
    ]
    chance.shuffle(pairs)
    while True:
        yield from pairs


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFD", name.lower())
    return "".join(letter for letter in folded if letter.isascii() and letter.isalpha())
