"""Ratings before, midway and after; the joint summary; what stayed three months later."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from common import clock
from common.refusal import Refused
from mentorship import actions
from mentorship.growth import growth_of
from mentorship.models import FollowUp, MentorshipRequest, Plan
from mentorship.tasks import ask_follow_ups
from mentorship.versions import Stale
from mentorship.waiting import waiting_for
from mentorship.workflow import PlanStatus
from outbox.models import Message
from people.models import Draft
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
RATE, STAYED = "Hinda teemasid uuesti", "Ütle, mis mentorlusest jäi"


def verbs(user) -> set[str]:
    return {str(item.verb) for item in waiting_for(user, clock.today())}


def page(name: str, plan: Plan) -> str:
    return reverse(f"mentorship:{name}", args=[plan.pk])


def rated(plan: Plan, **special: int) -> Plan:
    return actions.rate_plan(plan, ratings=made.ratings(**special), by=plan.worker)


# --- a word of why --------------------------------------------------------------------------


def test_word_of_why_goes_from_the_draft_into_the_wish(client_of):
    worker = people.worker()
    client = client_of(worker)
    client.post(reverse("mentorship:request-submit"), {"wishes": "soov"})
    ratings = {f"rating_{key}": value for key, value in made.ratings(star=1).items()}
    client.post(reverse("mentorship:request-submit-ratings"), ratings | {"why_star": "pole teinud"})
    assert "pole teinud" in client.get(reverse("mentorship:request-submit-check")).content.decode()
    draft = Draft.objects.get(owner=worker)
    client.post(reverse("mentorship:request-submit-check"), {"new_id": draft.pk})

    wish = MentorshipRequest.objects.get(worker=worker)
    assert wish.ratings.get(topic="star").why == "pole teinud"
    assert wish.ratings.get(topic="roles").why == ""


def test_what_needs_most_help_stands_first(client_of):
    wish = made.submitted_request(roles=1, self_care=2)

    shown = client_of(wish.worker).get(wish.get_absolute_url()).context["ratings"]

    assert [rating.topic_id for rating in shown[:2]] == ["roles", "self-care"]


# --- growth ---------------------------------------------------------------------------------


def test_ratings_grow_from_before_to_after():
    plan = made.plan_at(PlanStatus.RUNNING)
    plan = rated(plan, star=4)
    plan = actions.write_summary(plan, summary="x", by=plan.mentor)
    plan = rated(plan, star=5)

    row = next(row for row in growth_of(plan.request) if row.midway == 4)

    assert (row.before, row.midway, row.after, row.change) == (3, 4, 5, 2)
    assert [(mark.shape, mark.x) for mark in row.marks] == [
        ("circle", 50),
        ("diamond", 70),
        ("square", 90),
    ]
    assert (row.first_x, row.last_x) == (50, 90)


def test_rating_again_overwrites_its_own_moment_alone():
    plan = rated(rated(made.plan_at(PlanStatus.RUNNING), star=2), star=4)

    assert plan.request.ratings.at("midway").get(topic="star").value == 4
    assert plan.request.ratings.at("before").get(topic="star").value == 3
    assert plan.request.ratings.count() == 26


def test_growth_page_has_the_numbers_in_a_table(client_of):
    plan = rated(made.plan_at(PlanStatus.RUNNING), star=5)

    for side in (plan.worker, plan.mentor):
        soup = BeautifulSoup(client_of(side).get(page("plan-ratings", plan)).content, "html.parser")
        rows = {
            row.th.contents[0].strip(): [cell.get_text(strip=True) for cell in row("td")[:4]]
            for row in soup.select("tbody tr")
        }
        assert len(rows) == 13
        assert sorted(rows.values())[-1] == ["3", "5", "–", "+2"]
        assert len(soup.select("svg.tp-growth[viewBox] polygon")) == 13


@pytest.mark.parametrize("who", ["mentor", "coordinator", "manager", "consultant", "administrator"])
def test_topics_are_rated_by_the_worker_alone(client_of, who):
    plan = made.plan_at(PlanStatus.RUNNING)
    other = plan.mentor if who == "mentor" else getattr(people, who)()

    with pytest.raises(PermissionDenied):
        actions.rate_plan(plan, ratings=made.ratings(), by=other)
    assert client_of(other).get(page("plan-rate", plan)).status_code in (403, 404)
    if who != "mentor":
        assert client_of(other).get(page("plan-ratings", plan)).status_code in (403, 404)


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.AGREEING])
def test_topics_are_not_rated_again_before_it_runs(status):
    with pytest.raises(Refused):
        rated(made.plan_at(status))


def test_rating_on_a_stale_page_is_refused():
    plan = made.plan_at(PlanStatus.RUNNING)

    with pytest.raises(Stale):
        actions.rate_plan(plan, ratings=made.ratings(), version=plan.version - 1, by=plan.worker)


def test_rate_page_keeps_what_was_typed_when_one_is_missing(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    data = {f"rating_{key}": value for key, value in made.ratings().items()}
    del data["rating_star"]

    response = client_of(plan.worker).post(
        page("plan-rate", plan), data | {"why_star": "ei tea veel", "version": plan.version}
    )

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"rating_star"}
    assert form["why_star"].value() == "ei tea veel"
    assert not plan.request.ratings.at("midway").exists()


def test_rating_is_asked_gently_half_way_and_after():
    plan = made.plan_at(PlanStatus.RUNNING)
    assert RATE not in verbs(plan.worker)

    with clock.at(clock.now() + 95 * DAY):
        assert RATE in verbs(plan.worker)
        assert RATE not in verbs(plan.mentor)
        plan = rated(plan)
        assert RATE not in verbs(plan.worker)
        plan = actions.write_summary(plan, summary="x", by=plan.mentor)
        plan = actions.agree_summary(plan, by=plan.worker)
        assert RATE in verbs(plan.worker)
        rated(plan)
        assert RATE not in verbs(plan.worker)


# --- the joint summary ----------------------------------------------------------------------


def test_summary_says_topic_by_topic_what_was_reached(client_of):
    plan = made.plan_at(PlanStatus.RUNNING)
    first, *others = plan.topics.all()
    data = {f"reached_{row.pk}": "not_yet" for row in others} | {f"reached_{first.pk}": "yes"}
    words = {"summary": "kokku", "what_helped": "arutelud", "what_next": "praktika"}

    client_of(plan.mentor).post(
        page("summary-write", plan), data | words | {"version": plan.version}
    )

    plan.refresh_from_db()
    assert [row.reached for row in plan.topics.all()] == ["yes", "not_yet", "not_yet"]
    assert (plan.what_helped, plan.what_next) == ("arutelud", "praktika")
    text = client_of(plan.worker).get(plan.get_absolute_url()).content.decode()
    assert all(word in text for word in ("Saavutatud", "Veel mitte", "arutelud", "praktika"))


# --- three months later ---------------------------------------------------------------------


@pytest.fixture
def ended() -> Plan:
    return made.plan_at(PlanStatus.ENDED)


def test_follow_up_is_asked_once_three_months_after_the_end(ended):
    with clock.at(clock.now() + 89 * DAY):
        assert ask_follow_ups() == 0
        assert STAYED not in verbs(ended.worker)
    with clock.at(clock.now() + 91 * DAY):
        assert [ask_follow_ups(), ask_follow_ups()] == [1, 0]
        assert STAYED in verbs(ended.worker)
        assert STAYED not in verbs(ended.mentor)
    mail = Message.objects.get(kind="mentorship.follow_up_asked")
    assert mail.recipient == ended.worker
    assert ended.mentor.name not in mail.subject + mail.body
    with clock.at(clock.now() + 200 * DAY):
        assert STAYED not in verbs(ended.worker)


def test_follow_up_is_not_asked_of_one_that_never_ran_or_was_answered(ended):
    plan = made.plan_at(PlanStatus.DRAFT)
    actions.end_plan(plan, reason="leaves", by=plan.worker)
    with clock.at(clock.now() + 91 * DAY):
        actions.answer_follow_up(ended, used=4, by=ended.worker)

        assert ask_follow_ups() == 0
        assert STAYED not in verbs(ended.worker)


def test_follow_up_is_not_asked_of_who_has_left_child_protection(ended):
    ended.worker.posts.update(ends_on=clock.today() + 30 * DAY)

    with clock.at(clock.now() + 91 * DAY):
        assert ask_follow_ups() == 0


def test_follow_up_is_answered_once_and_read_by_the_pair(client_of, ended):
    with clock.at(clock.now() + 91 * DAY):
        client = client_of(ended.worker)
        client.post(page("follow-up-answer", ended), {"used": "4", "words": "jäävuslind"})
        again = client.post(page("follow-up-answer", ended), {"used": "1"})

        assert again.status_code == 422
        assert FollowUp.objects.get().used == 4
        assert (
            "jäävuslind" in client_of(ended.mentor).get(ended.get_absolute_url()).content.decode()
        )
        for who in (people.coordinator(), people.manager("Elva vald")):
            shown = client_of(who).get(ended.get_absolute_url()).content.decode()
            assert "jäävuslind" not in shown


def test_follow_up_before_its_time_is_refused(ended):
    with pytest.raises(Refused):
        actions.answer_follow_up(ended, used=4, by=ended.worker)


@pytest.mark.parametrize("who", ["mentor", "coordinator"])
def test_follow_up_is_the_workers(ended, who):
    other = ended.mentor if who == "mentor" else people.coordinator()
    with clock.at(clock.now() + 91 * DAY), pytest.raises(PermissionDenied):
        actions.answer_follow_up(ended, used=4, by=other)
