"""The component gallery: every component of templates/cotton with invented data."""

from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from common import clock
from common.forms import DateField, LineField, NarrativeField, WhenMixin
from common.htmx import render_page
from meetings.forms.slots import Slot, SlotDay, SlotField, SlotPage


KINDS = ("ok", "info", "warn", "bad", "neutral")

NUMBERS = {
    "month": "Oktoober oli kõige kiirem kuu",
    "by_month": [
        ("juuni", 9, 4),
        ("juuli", 5, 3),
        ("aug", 8, 6),
        ("sept", 14, 9),
        ("okt", 17, 11),
        ("nov", 12, 8),
    ],
    "by_county": [("Tartumaa", 41, 37), ("Põlvamaa", 12, 15), ("Võrumaa", 9, 9), ("Hiiumaa", 0, 2)],
}

STEPS = [
    {"label": "Ettevalmistus", "detail": "24.08–18.09.2026", "state": "done"},
    {"label": "Ajaküsitlus", "detail": "21.09–16.10.2026", "state": "done"},
    {"label": "Registreerimine", "detail": "09.11–11.12.2026", "state": "current"},
    {"label": "Kohtumised", "detail": "11.01–28.05.2027", "state": "ahead"},
    {"label": "Tagasiside", "detail": "kuni 18.06.2027", "state": "ahead"},
]

GROUPS = [
    {"name": "T-1", "place": "Tartu", "supervisor": "Anne Mets", "taken": 12, "seats": 12},
    {"name": "T-3", "place": "Tartu", "supervisor": "Piret Põld", "taken": 11, "seats": 12},
    {"name": "P-2", "place": "Räpina", "supervisor": "Toomas Ilves", "taken": 4, "seats": 10},
]

WAITING = [
    {
        "name": "Kaja Öövel",
        "url": "#",
        "meta": "Elva vald · ootel alates 12.11.2026",
        "action": "Paku kohta",
        "action_url": "#",
    },
    {
        "name": "Rein Šmidt",
        "url": "#",
        "meta": "Nõo vald · ootel alates 16.11.2026",
        "tag": "2. järjekorras",
        "kind": "neutral",
    },
]

POLL = {
    "options": [
        {"label": "E 18.01.2027 kl 10.00", "best": False},
        {"label": "T 19.01.2027 kl 10.00", "best": True},
        {"label": "K 20.01.2027 kl 13.00", "best": False},
    ],
    "rows": [
        {"name": "Kadri Lepp", "answers": ["yes", "maybe", "yes"]},
        {"name": "Jaan Õun", "answers": ["yes", "yes", "no"]},
        {"name": "Mari Tamm", "answers": ["no", "yes", ""]},
    ],
    "totals": ["2 jah", "2 jah, 1 vajadusel", "1 jah"],
}

HISTORY = [
    {
        "title": "Plaan kinnitatud",
        "when": "22.11.2026 kl 10.00",
        "who": "Liis Kask",
        "text": "",
        "kind": "ok",
    },
    {
        "title": "Kohtumine jäi ära",
        "when": "17.11.2026",
        "who": "Mari Tamm",
        "text": "Uus aeg on 24.11.2026.",
        "kind": "warn",
    },
    {
        "title": "Soov esitatud",
        "when": "02.11.2026",
        "who": "Mari Tamm",
        "text": "",
        "kind": "",
    },
]

EVENTS = {
    11: [("10.00", "T-1", "Tartu", "supervision", False)],
    14: [
        ("10.00", "P-1", "Põlva", "supervision", True),
        ("13.00", "Mari Tamm", "veebis", "mentorship", False),
    ],
    20: [("11.00", "Luunja vald", "telefonil", "consultation", False)],
}


class SampleForm(forms.Form):
    name = LineField(label="Ees- ja perekonnanimi")
    day = DateField(label="Kuupäev", help_text="Näiteks 22.11.2026")
    municipality = forms.ChoiceField(
        label="Omavalitsus", choices=[("", "Vali"), ("elva", "Elva vald"), ("noo", "Nõo vald")]
    )
    slot = forms.ChoiceField(
        label="Aeg",
        help_text="Näed ainult vabu aegu.",
        widget=forms.RadioSelect(attrs={"class": "tp-slots"}),
        choices=[
            ("Esmaspäev, 11.01.2027", [("1", "kl 10.00–11.00, Tartu"), ("2", "kl 13.00, veebis")]),
            ("Teisipäev, 12.01.2027", [("3", "kl 9.30–10.30, Elva")]),
        ],
    )
    topics = forms.MultipleChoiceField(
        label="Teemad",
        widget=forms.CheckboxSelectMultiple,
        choices=[("a", "Juhtumikorraldus"), ("b", "Võrgustikutöö"), ("c", "Enesehoid")],
        required=False,
    )
    text = NarrativeField(label="Mida soovid?", help_text="Ära kirjuta lapse nime.", rows=4)
    letter = forms.FileField(label="Lisa fail", required=False)
    agreed = forms.BooleanField(label="Olen tingimused läbi lugenud")


class SampleSlotForm(WhenMixin):
    """The fields of `meetings.forms.SlotMixin`, without a database."""

    slot = SlotField(label="Vabad ajad", help_text="Kõik on vabad: Mari Tamm, Liis Kask")

    shows_by_hand = can_refresh = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slot"].widget.page = slots_of_samples


def slots_of_samples() -> SlotPage:
    """Return two weeks of which two days have free times."""
    first = date(2027, 1, 11)
    hour = timedelta(hours=1)
    starts = [clock.tallinn(first, time(at)) for at in (10, 11, 13)]
    return SlotPage(
        first=first,
        last=date(2027, 1, 24),
        days=[
            SlotDay(first, [Slot(start, start + hour) for start in starts], ""),
            SlotDay(date(2027, 1, 12), [], "täis"),
            SlotDay(date(2027, 1, 13), [Slot(starts[0] + 48 * hour, starts[1] + 48 * hour)], ""),
        ],
        minutes=60,
        lengths=[(30, "length=30"), (60, "length=60")],
        earlier="",
        later="from=2027-01-25",
        next_free=None,
        next_free_query="",
    )


class SampleFilter(forms.Form):
    region = forms.ChoiceField(
        label="Piirkond", choices=[("", "Kõik"), ("louna", "Lõuna ja Ida")], required=False
    )
    free = forms.BooleanField(label="Ainult vabade kohtadega", required=False)


def month_of_samples() -> list[list[dict[str, Any]]]:
    """Return January 2027 in the shape that the month grid reads."""
    first = date(2026, 12, 28)
    days = [first + timedelta(days=offset) for offset in range(35)]
    cells = [
        {
            "date": day,
            "out": day.month != 1,
            "off": day.weekday() > 4 or day == date(2027, 1, 1),
            "today": day == date(2027, 1, 13),
            "name": "uusaasta" if day == date(2027, 1, 1) else "",
            "events": [
                {
                    "time": time,
                    "label": label,
                    "url": "#",
                    "detail": detail,
                    "service": service,
                    "clash": clash,
                }
                for time, label, detail, service, clash in EVENTS.get(day.day, [])
                if day.month == 1
            ],
        }
        for day in days
    ]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


@login_not_required
def ui_gallery(request: HttpRequest) -> HttpResponse:
    """Every component with sample data, for looking and for the accessibility tests."""
    weeks = month_of_samples()
    return render_page(
        request,
        "ui/index.html",
        {
            "kinds": KINDS,
            "numbers": NUMBERS,
            "steps": STEPS,
            "groups": GROUPS,
            "waiting": WAITING,
            "poll": POLL,
            "history": HISTORY,
            "weeks": weeks,
            "week": weeks[2],
            "page": Paginator(range(90), 10).page(3),
            # Kept in a list: the failing sample must not turn the answer into a 422.
            "samples": {
                "empty": SampleForm(prefix="new"),
                "failed": SampleForm(
                    {"failed-name": "Mari Tamm", "failed-day": "homme"}, prefix="failed"
                ),
                "slots": SampleSlotForm(prefix="booking"),
                "filter": SampleFilter(prefix="filter"),
            },
        },
    )
