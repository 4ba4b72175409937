"""Clock, working days, order of words, dates that people type."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.fields import CONTENT_LANGUAGES
from common.forms import DateField, LineField, NarrativeField, TimeField, WhenMixin
from common.templatetags.words import period_text
from common.text import collate, fold, sort_key
from common.workdays import (
    add_working_days,
    holiday_name,
    is_working_day,
    working_days_between,
)
from library.models import Block
from people.models import Absence


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


# --- clock ----------------------------------------------------------------------------------


def test_clock_is_set_for_a_stretch_of_work() -> None:
    other = datetime(2022, 6, 23, 12, 0, tzinfo=UTC)
    before = clock.now()
    with clock.at(other):
        assert clock.now() == other
        assert clock.today() == date(2022, 6, 23)
    assert clock.now() == before


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 21, 59, tzinfo=UTC), date(2026, 11, 22)),
        (datetime(2026, 11, 22, 22, 0, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 6, 22, 20, 59, tzinfo=UTC), date(2026, 6, 22)),
        (datetime(2026, 6, 22, 21, 0, tzinfo=UTC), date(2026, 6, 23)),
    ],
)
def test_day_is_tallinns(moment, day) -> None:
    assert clock.day_of(moment) == day


def test_hour_that_the_clock_jumps_over_does_not_exist() -> None:
    with pytest.raises(ValueError):
        clock.tallinn(date(2027, 3, 28), time(3, 30))
    assert clock.tallinn(date(2027, 3, 28), time(4)).astimezone(UTC).hour == 1


def test_hour_that_comes_twice_is_the_first() -> None:
    assert clock.tallinn(date(2026, 10, 25), time(3, 30)).astimezone(UTC).hour == 0


@given(DAYS)
def test_end_of_a_day_is_the_next_days_first_moment(day) -> None:
    assert clock.day_of(clock.end_of(day)) == day + timedelta(days=1)
    assert clock.day_of(clock.end_of(day) - timedelta(microseconds=1)) == day


# --- working days ---------------------------------------------------------------------------

# Fixed holidays and the movable ones of the years looked at, from the Public Holidays and
# Days of Importance Act, written out here as an independent source.
FIXED = {(1, 1), (2, 24), (5, 1), (6, 23), (6, 24), (8, 20), (12, 24), (12, 25), (12, 26)}
EASTER = {2022: date(2022, 4, 17), 2026: date(2026, 4, 5), 2027: date(2027, 3, 28)}


def plainly_working(day: date) -> bool:
    easter = EASTER[day.year]
    movable = {easter - timedelta(days=2), easter, easter + timedelta(days=49)}
    return day.weekday() < 5 and (day.month, day.day) not in FIXED and day not in movable


@pytest.mark.parametrize("year", EASTER)
def test_working_days_of_a_whole_year(year) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [d for d in days if is_working_day(d) != plainly_working(d)] == []


@pytest.mark.parametrize(
    ("start", "third"),
    [
        (date(2026, 11, 23), date(2026, 11, 26)),
        (date(2026, 11, 27), date(2026, 12, 2)),
        (date(2026, 12, 22), date(2026, 12, 29)),
        (date(2026, 12, 23), date(2026, 12, 30)),
        (date(2026, 12, 30), date(2027, 1, 5)),
        (date(2026, 6, 22), date(2026, 6, 29)),
        (date(2026, 2, 23), date(2026, 2, 27)),
    ],
)
def test_third_working_day(start, third) -> None:
    assert add_working_days(start, 3) == third


@given(DAYS, st.integers(0, 40))
def test_adding_agrees_with_counting(day, count) -> None:
    end = add_working_days(day, count)
    assert working_days_between(day, end) == count
    assert count == 0 or is_working_day(end)


@given(DAYS, st.integers(-60, 60))
def test_counting_agrees_with_brute_force(day, distance) -> None:
    other = day + timedelta(days=distance)
    first, last = min(day, other), max(day, other)
    passed = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    plain = sum(is_working_day(d) for d in passed)
    assert working_days_between(day, other) == (plain if other >= day else -plain)


def test_holidays_have_names_in_both_languages() -> None:
    assert holiday_name(date(2026, 6, 24)) == "jaanipäev"
    with translation.override("en"):
        assert "Midsummer" in holiday_name(date(2026, 6, 24))
    assert holiday_name(date(2026, 6, 25)) is None


# --- words ----------------------------------------------------------------------------------


def test_words_stand_in_estonian_order() -> None:
    words = ["Xu", "Ütt", "Öpik", "Ämm", "Õun", "Vaher", "Tamm", "Žuk", "Zirk", "Šokk", "Sepp"]
    assert sorted(words, key=sort_key) == list(reversed(words))


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_order_is_total(a, b, c) -> None:
    assert collate(a, b) == -collate(b, a)
    assert (collate(a, b) == 0) == (a == b)
    if collate(a, b) <= 0 and collate(b, c) <= 0:
        assert collate(a, c) <= 0


@pytest.mark.parametrize(
    ("text", "folded"), [("Õun", "oun"), ("ŠMIDT", "smidt"), ("Jõgi Ülo", "jogi ulo"), ("", "")]
)
def test_fold(text, folded) -> None:
    assert fold(text) == folded


@given(st.text(max_size=30))
def test_fold_of_folded_is_the_same(text) -> None:
    assert fold(fold(text)) == fold(text)


def test_translated_field_speaks_the_language_or_estonian() -> None:
    block = Block(name_et="Enesehoid", name_en="Self-care")
    assert block.name == "Enesehoid"
    with translation.override("en"):
        assert block.name == "Self-care"
        block.name_en = ""
        assert block.name == "Enesehoid"
    assert CONTENT_LANGUAGES == ("et", "en")


def test_period_reads_as_days() -> None:
    first, last = date(2026, 11, 22), date(2026, 11, 30)
    assert period_text(Absence(starts_on=first, ends_on=last)) == "22.11.2026–30.11.2026"
    assert period_text(Absence(starts_on=first, ends_on=first)) == "22.11.2026"
    assert period_text(Absence(starts_on=first)) == "alates 22.11.2026"


# --- forms ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "22.11.2026",
        "22.11.26",
        "2026-11-22",
        " 22.11.2026 ",
        "22,11,2026",
        "22 11 26",
        "22112026",
        "221126",
    ],
)
def test_date_is_understood(text) -> None:
    assert DateField().clean(text) == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["31.02.2026", "11/22/2026", "homme", "22.11", "22.11.0202"])
def test_date_is_refused_with_an_example(text) -> None:
    form = _form(day=text)
    assert form.errors["day"] == ["Sisesta kuupäev kujul 22.11.2026."]


@pytest.mark.parametrize("text", ["9.05", "9:05", "09.05", "9,05", "905", "0905", "9 05"])
def test_time_is_understood(text) -> None:
    assert TimeField().clean(text) == time(9, 5)


@pytest.mark.parametrize(("field", "limit"), [(LineField, 200), (NarrativeField, 10_000)])
def test_overlong_text_is_refused_not_cut(field, limit) -> None:
    assert field().clean("x" * limit) == "x" * limit
    with pytest.raises(Exception, match=str(limit + 1)):
        field().clean("x" * (limit + 1))
    assert "maxlength" not in field().widget.attrs


def _form(**data: str) -> WhenMixin:
    return WhenMixin({"day": "30.11.2026", "begins": "10.00", "ends": "11.00"} | data)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"day": "22.11.2026"}, "day"),
        ({"day": "23.11.2026", "begins": "9.00"}, "begins"),
        ({"ends": "10.00"}, "ends"),
        ({"ends": "9.00"}, "ends"),
        ({"day": "28.03.2027", "begins": "3.30", "ends": "5.00"}, "begins"),
        ({"day": "28.03.2027", "begins": "2.30", "ends": "3.30"}, "ends"),
        ({"begins": "25.00"}, "begins"),
    ],
)
def test_when_refuses_at_the_field(data, field) -> None:
    assert list(_form(**data).errors) == [field]


def test_when_gives_moments_of_tallinn() -> None:
    form = _form()
    assert form.is_valid()
    assert form.cleaned_data["starts_at"].astimezone(UTC).hour == 8
    assert form.cleaned_data["ends_at"] - form.cleaned_data["starts_at"] == timedelta(hours=1)
