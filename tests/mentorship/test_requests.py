"""From a wish to a mentor: the paths, bad input, doubles, races, mails."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from library.models import Topic
from mentorship import actions
from mentorship.models import MentorshipRequest, Plan, Rating
from mentorship.workflow import REQUEST, RequestStatus
from outbox.models import Message
from people.models import Draft
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

SUBMIT = "mentorship:request-submit"


def rated(**special) -> dict[str, str]:
    """The ratings as a browser sends them."""
    return {f"rating_{key}": str(value) for key, value in made.ratings(**special).items()}


def kinds(*subjects) -> list[str]:
    return [entry.kind for entry in Entry.objects.about(*subjects)]


def mails() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("kind", "recipient__email"))


# --- asking for oneself ---------------------------------------------------------------------


def test_request_submit_in_steps(client_of):
    worker, consultant = people.worker(), people.consultant()
    client = client_of(worker)

    first = client.post(reverse(SUBMIT), {"wishes": made.WISHES})
    second = client.post(first["Location"], rated(star=1))
    check = client.get(second["Location"])
    sent = client.post(second["Location"], {"new_id": Draft.objects.get().pk}, follow=True)

    assert made.WISHES in check.content.decode()
    wish = MentorshipRequest.objects.get()
    assert (wish.worker, wish.wishes, wish.status) == (worker, made.WISHES, "submitted")
    assert dict(wish.ratings.values_list("topic", "value")) == made.ratings(star=1)
    assert Draft.objects.count() == 0
    assert kinds(wish) == ["mentorship.request_submitted"]
    assert mails() == [("mentorship.request_submitted", consultant.email)]
    assert consultant.name in sent.content.decode()


def test_request_submit_keeps_an_unfinished_draft(client_of):
    client = client_of(people.worker())

    client.post(reverse(SUBMIT), {"wishes": made.WISHES, "leave": "1"})
    client.post(reverse(f"{SUBMIT}-ratings"), {"rating_star": "2", "leave": "1"})

    assert Draft.objects.get().content["ratings"] == {"star": 2}
    page = client.get(reverse(SUBMIT)).content.decode()
    assert made.WISHES in page
    assert client.get(reverse(f"{SUBMIT}-check")).status_code == 302


def test_request_submit_twice_makes_one(client_of):
    worker = people.worker()
    people.consultant()
    client = client_of(worker)
    client.post(reverse(SUBMIT), {"wishes": made.WISHES})
    client.post(reverse(f"{SUBMIT}-ratings"), rated())
    key = Draft.objects.get().pk

    first = client.post(reverse(f"{SUBMIT}-check"), {"new_id": key})
    second = client.post(reverse(f"{SUBMIT}-check"), {"new_id": key})

    assert first["Location"] == second["Location"]
    assert MentorshipRequest.objects.count() == 1
    assert Entry.objects.count() == 1
    assert Message.objects.count() == 1


def test_request_submit_while_one_waits_is_refused(client_of):
    worker = people.worker()
    client = client_of(worker)
    client.post(reverse(SUBMIT), {"wishes": "teine"})
    client.post(reverse(f"{SUBMIT}-ratings"), rated())
    made.submitted_request(worker=worker)

    response = client.post(reverse(f"{SUBMIT}-check"), {"new_id": Draft.objects.get().pk})

    assert response.status_code == 422
    assert "juba ootab" in response.content.decode()
    assert MentorshipRequest.objects.count() == 1
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("wishes", ["", "x" * 10_001])
def test_request_submit_without_or_with_too_many_words(client_of, wishes):
    response = client_of(people.worker()).post(reverse(SUBMIT), {"wishes": wishes})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"wishes"}
    assert response.context["form"]["wishes"].value() == wishes
    assert Draft.objects.count() == 0


def test_request_submit_with_a_rating_missing(client_of):
    client = client_of(people.worker())
    client.post(reverse(SUBMIT), {"wishes": made.WISHES})
    answers = rated() | {"rating_star": "", "rating_roles": "6"}

    response = client.post(reverse(f"{SUBMIT}-ratings"), answers)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"rating_star", "rating_roles"}
    assert response.context["form"]["rating_prevention"].value() == "3"
    assert "ratings" not in Draft.objects.get().content


def test_request_submit_action_wants_every_topic_rated():
    worker = people.worker()

    with pytest.raises(Refused):
        actions.submit_request(
            municipality=people.municipality(), wishes="x", ratings={"star": 1}, by=worker
        )

    assert MentorshipRequest.objects.count() == 0


# --- asked for by others --------------------------------------------------------------------


def post_of(worker):
    return worker.posts.get().pk


def test_request_suggest_and_confirm(client_of):
    worker, manager = people.worker(), people.manager()
    people.consultant()
    client_of(manager).post(reverse("mentorship:request-suggest"), {"worker": post_of(worker)})
    wish = MentorshipRequest.objects.get()
    assert (wish.status, wish.source, wish.wishes) == ("unconfirmed", "manager", "")
    assert mails() == [("mentorship.request_suggested", worker.email)]

    client_of(worker).post(
        reverse("mentorship:request-confirm", args=[wish.pk]),
        rated() | {"wishes": made.WISHES, "version": "0"},
    )

    wish.refresh_from_db()
    assert (wish.status, wish.wishes) == ("submitted", made.WISHES)
    assert Rating.objects.count() == Topic.objects.count() == 13
    assert kinds(wish) == ["mentorship.request_confirmed", "mentorship.request_suggested"]


def test_request_suggest_double_submit_makes_one(client_of):
    worker, manager = people.worker(), people.manager()
    data = {"worker": post_of(worker), "new_id": "8f3c1f52-0000-4000-8000-000000000001"}

    for _click in range(2):
        response = client_of(manager).post(reverse("mentorship:request-suggest"), data)
        assert response.status_code == 302

    assert MentorshipRequest.objects.count() == 1
    assert Entry.objects.count() == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize("place", ["request-suggest", "request-enter"])
def test_a_worker_of_another_municipality_cannot_be_chosen(client_of, place):
    stranger = people.worker("Haapsalu linn")
    user = people.manager() if place == "request-suggest" else people.consultant()
    data = {"worker": post_of(stranger), "asked_on": "20.11.2026", "wishes": "tekst"}

    response = client_of(user).post(reverse(f"mentorship:{place}"), data)

    assert response.status_code == 422
    assert response.context["form"].errors == {"worker": ["Vali töötaja loendist."]}
    assert MentorshipRequest.objects.count() == 0


@pytest.mark.parametrize("place", ["request-suggest", "request-enter"])
@pytest.mark.parametrize("day", ["24.11.2026", "31.02.2026", "homme"])
def test_a_day_of_the_wish_that_cannot_be(client_of, place, day):
    worker = people.worker()
    user = people.manager() if place == "request-suggest" else people.consultant()
    data = {"worker": post_of(worker), "asked_on": day, "wishes": "tekst"}

    response = client_of(user).post(reverse(f"mentorship:{place}"), data)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"asked_on"}
    assert day in response.content.decode()
    assert MentorshipRequest.objects.count() == 0


def test_request_enter_of_a_past_day_then_corrected_by_the_worker(client_of):
    worker, consultant = people.worker(), people.consultant()
    client_of(consultant).post(
        reverse("mentorship:request-enter"),
        {"worker": post_of(worker), "asked_on": "2.11.2026", "wishes": "telefonis öeldu"},
    )
    wish = MentorshipRequest.objects.get()
    assert (wish.status, wish.asked_on.isoformat()) == ("submitted", "2026-11-02")
    assert mails() == [("mentorship.request_entered", worker.email)]

    client_of(worker).post(
        reverse("mentorship:request-correct", args=[wish.pk]),
        rated(star=5) | {"wishes": made.WISHES, "version": "0"},
    )

    wish.refresh_from_db()
    assert wish.wishes == made.WISHES
    assert wish.ratings.get(topic="star").value == 5
    assert kinds(wish) == ["mentorship.request_corrected", "mentorship.request_entered"]


@pytest.mark.parametrize("deed", ["submit", "suggest", "enter"])
def test_request_while_a_mentorship_is_open_is_refused(deed):
    plan = made.plan_at("draft")
    worker, elva = plan.worker, plan.municipality
    deeds = {
        "submit": lambda: made.submitted_request(worker=worker),
        "suggest": lambda: made.suggested_request(worker=worker),
        "enter": lambda: actions.enter_request(
            worker=worker, municipality=elva, wishes="x", asked_on=clock.today(), by=plan.mentor
        ),
    }

    with pytest.raises(Refused):
        deeds[deed]()

    assert MentorshipRequest.objects.count() == 1


def test_request_taken_by_the_database_only_once_at_a_time():
    """Two open plans of a worker cannot be, whatever the code does."""
    worker = people.worker()
    ended, plan = made.plan_at("ended", worker=worker), made.plan_at("draft", worker=worker)

    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=ended.pk).update(status="running")

    plan.refresh_from_db()
    assert plan.status == "draft"


@pytest.mark.parametrize("deed", ["submit", "suggest", "enter"])
def test_request_with_the_key_of_another_persons_row_shows_nothing(deed):
    known, worker = made.submitted_request(wishes="võõraslind"), people.worker()
    facts = {"municipality": known.municipality, "pk": known.pk}
    deeds = {
        "submit": lambda: actions.submit_request(
            **facts, wishes="x", ratings=made.ratings(), by=worker
        ),
        "suggest": lambda: actions.suggest_request(**facts, worker=worker, by=people.manager()),
        "enter": lambda: actions.enter_request(
            **facts, worker=worker, wishes="x", asked_on=clock.today(), by=people.consultant()
        ),
    }

    with pytest.raises(Refused):
        deeds[deed]()

    assert MentorshipRequest.objects.get().worker == known.worker


def test_request_suggest_for_somebody_who_waits_is_refused_at_the_worker(client_of):
    worker = people.worker()
    made.submitted_request(worker=worker)

    response = client_of(people.manager()).post(
        reverse("mentorship:request-suggest"), {"worker": post_of(worker)}
    )

    assert response.status_code == 422
    # That the worker has asked is not told to the employer.
    sentence = f"Sellele töötajale ei saa praegu mentorit küsida: {worker.name}."
    assert response.context["form"].errors == {"worker": [sentence]}
    assert MentorshipRequest.objects.count() == 1


def test_request_correct_with_a_stale_page_keeps_the_text(client_of):
    worker = people.worker()
    wish = made.submitted_request(worker=worker)
    actions.correct_request(wish, wishes="uuem", ratings=made.ratings(), by=worker)

    response = client_of(worker).post(
        reverse("mentorship:request-correct", args=[wish.pk]),
        rated() | {"wishes": "minu tekst", "version": "0"},
    )

    assert response.status_code == 422
    assert response.context["form"]["wishes"].value() == "minu tekst"
    wish.refresh_from_db()
    assert wish.wishes == "uuem"


def test_request_correct_after_it_was_taken_is_refused():
    wish = made.submitted_request()
    actions.take_request(wish, by=people.consultant())

    with pytest.raises(Refused):
        actions.correct_request(wish, wishes="x", ratings=made.ratings(), by=wish.worker)


# --- taking and assigning -------------------------------------------------------------------


def test_request_take_makes_the_plan_journals_and_tells_the_worker(client_of):
    wish, consultant = made.submitted_request(), people.consultant()
    Message.objects.all().delete()

    response = client_of(consultant).post(reverse("mentorship:request-take", args=[wish.pk]))

    plan = Plan.objects.get()
    assert response["Location"] == plan.get_absolute_url()
    assert (plan.mentor, plan.status, plan.request) == (consultant, "draft", wish)
    assert kinds(wish, plan)[0] == "mentorship.request_taken"
    assert mails() == [("mentorship.request_taken", wish.worker.email)]


def test_request_take_second_taker_is_told_who_was_first(client_of):
    wish = made.submitted_request()
    first, second = people.consultant(), people.consultant()
    actions.take_request(wish, by=first)

    response = client_of(second).post(reverse("mentorship:request-take", args=[wish.pk]))

    assert response.status_code == 422
    assert first.name in response.content.decode()
    assert Plan.objects.get().mentor == first


def test_request_assign_shows_load_and_tells_both(client_of):
    busy, free = people.consultant("Elva vald"), people.consultant("Haapsalu linn")
    made.plan_at("running", mentor=busy)
    wish, coordinator = made.submitted_request(), people.coordinator()
    address = reverse("mentorship:request-assign", args=[wish.pk])
    page = client_of(coordinator).get(address)
    Message.objects.all().delete()

    client_of(coordinator).post(address, {"mentor": str(free.pk)})

    assert [label for _key, label in page.context["form"].fields["mentor"].choices] == [
        f"{busy.name} · soovitatud · teenindab seda omavalitsust · 1 pooleliolev töö · 1 mentorlus",
        f"{free.name} · ei teeninda seda omavalitsust · 0 pooleliolevat tööd · 0 mentorlust",
    ]
    assert Plan.objects.get(request=wish).mentor == free
    assert mails() == sorted(
        [
            ("mentorship.request_assigned", free.email),
            ("mentorship.request_taken", wish.worker.email),
        ]
    )


def test_request_assign_to_somebody_who_is_no_consultant(client_of):
    wish, coordinator = made.submitted_request(), people.coordinator()
    stranger = people.supervisor()

    response = client_of(coordinator).post(
        reverse("mentorship:request-assign", args=[wish.pk]), {"mentor": str(stranger.pk)}
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"mentor"}
    with pytest.raises(Refused):
        actions.assign_request(wish, mentor=stranger, by=coordinator)
    assert Plan.objects.count() == 0


STEPS = {
    RequestStatus.SUBMITTED: lambda wish: actions.confirm_request(
        wish, wishes="x", ratings=made.ratings(), by=wish.worker
    ),
    RequestStatus.TAKEN: lambda wish: actions.take_request(wish, by=people.consultant()),
    RequestStatus.WITHDRAWN: lambda wish: actions.withdraw_request(wish, by=wish.worker),
}


@pytest.mark.parametrize("after", STEPS)
@pytest.mark.parametrize("before", RequestStatus)
def test_request_transitions(before, after):
    wish = made.suggested_request()
    if before != RequestStatus.UNCONFIRMED:
        path = [RequestStatus.SUBMITTED, before] if before == RequestStatus.TAKEN else [before]
        for step in dict.fromkeys(path):
            STEPS[step](wish)
            wish.refresh_from_db()
    entries = Entry.objects.count()

    if REQUEST.allows(before, after):
        STEPS[after](wish)
        assert Entry.objects.count() == entries + 1
        wish.refresh_from_db()
        assert wish.status == after
    else:
        with pytest.raises(Refused):
            STEPS[after](wish)
        assert Entry.objects.count() == entries
        wish.refresh_from_db()
        assert wish.status == before


def test_request_reading_the_wishes_is_journalled_once_and_facts_are_not(client_of):
    wish = made.submitted_request()
    before = Entry.objects.count()

    client_of(people.coordinator()).get(wish.get_absolute_url())
    assert Entry.objects.count() == before

    client_of(people.consultant()).get(wish.get_absolute_url())
    assert kinds(wish)[0] == "mentorship.request_opened"
    assert Entry.objects.count() == before + 1


def test_request_wishes_stand_encrypted():
    made.submitted_request()

    with connection.cursor() as cursor:
        cursor.execute("SELECT wishes FROM mentorship_mentorshiprequest")
        (stored,) = cursor.fetchone()
    assert stored.startswith("v1:")


def test_request_waits_in_working_days(client_of):
    with clock.at(clock.now() - timedelta(days=7)):
        made.submitted_request()

    page = client_of(people.coordinator()).get(reverse("mentorship:overview"))

    assert [wish.days for wish in page.context["all_waiting"]] == [5]


def test_request_submit_says_at_once_that_a_wish_waits(client_of):
    worker = people.worker()
    made.submitted_request(worker=worker)

    page = client_of(worker).get(reverse("mentorship:request-submit"), follow=True)

    assert page.redirect_chain == [(reverse("mentorship:overview"), 302)]
    assert "Sinu mentorisoov juba ootab." in page.content.decode()
