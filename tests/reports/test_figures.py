"""Each figure on small rows made by hand, with its edges."""

from datetime import date

import pytest

from consultations.models import ConsultationRequest, Spell
from mentorship.models import MentorshipRequest
from reports.account import read_accounts
from reports.figures import RULES, figures_of
from reports.periods import Period
from supervision.models import Audience, Registration
from tests.factories import people
from tests.factories.reports import at, case, registration, season, wish


pytestmark = pytest.mark.django_db


def counted(year: int = 2022, until: str | None = None, scope=None) -> dict[str, tuple[int, int]]:
    period = Period.of_year(year, date.fromisoformat(until) if until else None)
    figures = figures_of(read_accounts(period, scope))
    return {figure.key: (figure.value, figure.previous) for figure in figures}


def test_figures_are_those_promised() -> None:
    assert list(RULES) == [
        "mentorship_requests",
        "consultation_requests",
        "consultation_municipalities",
        "cases_in_hand",
        "cases_on_request",
        "consultation_closed",
        "supervision_registrations_start",
        "supervision_registrations_midyear",
    ]


def test_without_rows_everything_is_nothing() -> None:
    assert set(counted().values()) == {(0, 0)}


# --- the period -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "until", "before"),
    [
        (2022, "2022-11-01", "2021-11-01"),
        (2024, "2024-02-29", "2023-02-28"),
        (2025, "2025-02-28", "2024-02-28"),
        (2022, None, "2021-12-31"),
    ],
)
def test_year_before_ends_on_the_same_day(year: int, until: str | None, before: str) -> None:
    period = Period.of_year(year, date.fromisoformat(until) if until else None)

    assert period.year_before == Period(date(year - 1, 1, 1), date.fromisoformat(before))


# --- mentorship -----------------------------------------------------------------------------


def test_mentorship_counts_workers_not_wishes() -> None:
    twice = people.person()
    wish("2022-03-01", worker=twice, status="withdrawn")
    wish("2022-09-01", worker=twice)
    wish("2022-12-31")
    wish("2021-01-01")

    assert counted()["mentorship_requests"] == (2, 1)


def test_mentorship_withdrawn_wish_was_asked() -> None:
    wish("2022-03-01", status="withdrawn")

    assert counted()["mentorship_requests"] == (1, 0)


def test_mentorship_cut_includes_the_day() -> None:
    wish("2022-11-01")
    wish("2022-11-02")
    wish("2021-11-01")
    wish("2021-11-02")

    assert counted(until="2022-11-01")["mentorship_requests"] == (1, 1)


# --- consultation ---------------------------------------------------------------------------


def test_requests_by_the_tallinn_day_of_submission() -> None:
    case(at("2022-12-31", "23:59"))
    case(at("2023-01-01", "00:00"))
    case(at("2021-12-31", "23:59"))
    case(at("2022-01-01", "00:00"))

    assert counted()["consultation_requests"] == (2, 1)


def test_requests_are_those_of_municipalities() -> None:
    case(at("2022-05-01"))
    for origin in ("foreign", "minor_notice", "board"):
        case(at("2022-05-01"), origin=origin, place=None)

    assert counted()["consultation_requests"] == (1, 0)


def test_requests_withdrawn_ones_were_submitted() -> None:
    case(at("2022-05-01"), at("2022-05-02"), outcome=Spell.Outcome.WITHDRAWN)

    assert counted()["consultation_requests"] == (1, 0)


def test_requests_cut_includes_the_day() -> None:
    case(at("2022-11-01", "23:59"))
    case(at("2022-11-02", "00:00"))

    assert counted(until="2022-11-01")["consultation_requests"] == (1, 0)


def test_municipalities_are_counted_once() -> None:
    case(at("2022-05-01"), place="Elva vald")
    case(at("2022-06-01"), place="Elva vald")
    case(at("2022-07-01"), place="Tartu linn")
    case(at("2021-07-01"), place="Elva vald")

    assert counted()["consultation_municipalities"] == (2, 1)


def test_in_hand_is_every_case_open_on_any_day() -> None:
    case(at("2018-01-01"))  # carried over from years before, still open
    case(at("2020-01-01"), at("2022-01-01", "00:01"))  # closed on the first day
    case(at("2020-01-01"), at("2021-12-31", "23:59"))  # closed on the day before
    case(at("2022-12-31", "23:59"))  # opened on the last day
    case(at("2023-01-01", "00:00"))  # opened on the day after
    case(at("2022-02-01"), at("2022-03-01"), outcome=Spell.Outcome.WITHDRAWN)

    # A year earlier: the first three.
    assert counted()["cases_in_hand"] == (4, 3)


def test_in_hand_reopened_case_counts_once() -> None:
    reopened = case(at("2022-01-10"), at("2022-02-01"))
    Spell.objects.create(request=reopened, opened_at=at("2022-05-01"))

    assert counted()["cases_in_hand"] == (1, 0)


def test_in_hand_reopening_does_not_change_last_year() -> None:
    reopened = case(at("2021-01-10"), at("2021-02-01"))
    Spell.objects.create(request=reopened, opened_at=at("2023-05-01"))

    assert counted()["cases_in_hand"] == (0, 1)
    assert counted()["consultation_closed"] == (0, 1)


def test_in_hand_whatever_the_origin_on_request_the_municipalities_only() -> None:
    case(at("2022-05-01"))
    case(at("2022-05-01"), origin="foreign", place=None)
    case(at("2021-05-01"), at("2021-06-01"), origin="board")

    assert counted()["cases_in_hand"] == (2, 1)
    assert counted()["cases_on_request"] == (1, 0)


def test_in_hand_cut_includes_the_day() -> None:
    case(at("2022-11-01", "23:59"))
    case(at("2022-11-02", "00:00"))

    assert counted(until="2022-11-01")["cases_in_hand"] == (1, 0)


def test_in_hand_in_a_year_that_has_not_begun_is_nothing() -> None:
    case(at("2026-05-01"))

    assert counted(2027)["cases_in_hand"] == (0, 1)


def test_closed_by_the_day_of_closing() -> None:
    case(at("2021-05-01"), at("2022-12-31", "23:59"))
    case(at("2022-05-01"), at("2023-01-01", "00:00"))
    case(at("2020-05-01"), at("2021-06-01"))

    assert counted()["consultation_closed"] == (1, 1)


def test_closed_on_request_and_not_withdrawn() -> None:
    case(at("2022-05-01"), at("2022-06-01"), origin="foreign")
    case(at("2022-05-01"), at("2022-06-01"), outcome=Spell.Outcome.WITHDRAWN)

    assert counted()["consultation_closed"] == (0, 0)


def test_closed_twice_counts_once() -> None:
    reopened = case(at("2022-01-10"), at("2022-02-01"))
    Spell.objects.create(
        request=reopened, opened_at=at("2022-05-01"), ended_at=at("2022-06-01"), outcome="closed"
    )

    assert counted()["consultation_closed"] == (1, 0)


def test_closed_cut_includes_the_day() -> None:
    case(at("2022-01-10"), at("2022-11-01", "23:59"))
    case(at("2022-01-10"), at("2022-11-02", "00:00"))

    assert counted(until="2022-11-01")["consultation_closed"] == (1, 0)


# --- supervision ----------------------------------------------------------------------------


def test_supervision_window_and_mid_year() -> None:
    spring = season(2022, "2022-01-03", "2022-01-31")
    registration(spring, at("2022-01-03", "00:00"))
    registration(spring, at("2022-01-31", "23:59"))
    registration(spring, at("2022-02-01", "00:00"))
    registration(spring, at("2022-12-31", "23:59"))
    registration(season(2021, "2021-01-04", "2021-01-31"), at("2021-01-10"))

    assert counted()["supervision_registrations_start"] == (2, 1)
    assert counted()["supervision_registrations_midyear"] == (2, 0)


def test_supervision_window_before_the_year_belongs_to_the_season() -> None:
    registration(season(2022, "2021-11-08", "2021-12-10"), at("2021-11-20"))

    assert counted()["supervision_registrations_start"] == (1, 0)
    assert counted(2021)["supervision_registrations_start"] == (0, 0)


def test_supervision_counts_a_worker_once() -> None:
    spring = season(2022, "2022-01-03", "2022-01-31")
    worker = people.person()
    registration(
        spring, at("2022-01-10"), user=worker,
        status="withdrawn", withdrawn_at=at("2022-01-20"), withdrawn_by=worker,
    )  # fmt: skip
    registration(spring, at("2022-06-10"), user=worker)

    assert counted()["supervision_registrations_start"] == (1, 0)
    assert counted()["supervision_registrations_midyear"] == (0, 0)


def test_supervision_of_managers_is_not_counted() -> None:
    managers = season(2022, "2022-01-03", "2022-01-31", audience=Audience.MANAGERS)
    registration(managers, at("2022-01-10"))

    assert counted()["supervision_registrations_start"] == (0, 0)


def test_supervision_cut_includes_the_day() -> None:
    spring = season(2022, "2022-01-03", "2022-01-31")
    registration(spring, at("2022-11-01", "23:59"))
    registration(spring, at("2022-11-02", "00:00"))

    assert counted(until="2022-11-01")["supervision_registrations_midyear"] == (1, 0)


# --- rows and figures -----------------------------------------------------------------------


def everything_once() -> None:
    case(at("2022-05-01"), at("2022-06-01"))
    wish("2022-05-01")
    spring = season(2022, "2022-01-03", "2022-01-31")
    registration(spring, at("2022-01-10"))
    registration(spring, at("2022-05-10"))


@pytest.mark.parametrize(
    ("model", "changed"),
    [
        (MentorshipRequest, {"mentorship_requests"}),
        (Spell, {"cases_in_hand", "cases_on_request", "consultation_closed"}),
        (
            ConsultationRequest,
            {
                "consultation_requests",
                "consultation_municipalities",
                "cases_in_hand",
                "cases_on_request",
                "consultation_closed",
            },
        ),
    ],
)
def test_one_row_less_changes_the_figures_that_count_it(model, changed: set[str]) -> None:
    everything_once()
    assert set(counted().values()) == {(1, 0)}

    model.objects.first().delete()

    assert {key for key, numbers in counted().items() if numbers == (0, 0)} == changed


@pytest.mark.parametrize(
    ("place", "changed"),
    [(0, "supervision_registrations_start"), (1, "supervision_registrations_midyear")],
)
def test_one_registration_less_changes_its_figure(place: int, changed: str) -> None:
    everything_once()

    Registration.objects.order_by("registered_at")[place].delete()

    assert [key for key, numbers in counted().items() if numbers == (0, 0)] == [changed]


def test_scope_leaves_out_other_municipalities() -> None:
    everything_once()
    elsewhere = frozenset({people.municipality("Tartu linn").pk})
    here = frozenset({people.municipality("Elva vald").pk})

    assert set(counted(scope=elsewhere).values()) == {(0, 0)}
    assert set(counted(scope=here).values()) == {(1, 0)}


def test_accounts_are_read_in_four_queries(django_assert_num_queries) -> None:
    everything_once()
    period = Period.of_year(2022)

    with django_assert_num_queries(4):
        read_accounts(period, None)
