"""Changes of a running plan, its history, templates, pauses, and an end before its time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from common import clock
from common.refusal import Refused
from journal.models import Entry
from meetings.models import Meeting
from mentorship import actions
from mentorship.contents import Choice, Contents, contents_of, differences, following
from mentorship.models import Pause, Plan, PlanVersion
from mentorship.versions import Stale
from mentorship.waiting import waiting_for
from mentorship.workflow import CHANGEABLE, PlanStatus
from outbox.models import Message
from tests.factories import mentorship as made
from tests.factories import people


pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def plan() -> Plan:
    return made.plan_at(PlanStatus.RUNNING)


def states(plan: Plan) -> list[tuple[int, str]]:
    return list(plan.versions.order_by("number").values_list("number", "state"))


def verbs(user) -> set[str]:
    return {str(item.verb) for item in waiting_for(user, clock.today())}


def page(name: str, plan: Plan, *more: object) -> str:
    return reverse(f"mentorship:{name}", args=[plan.pk, *more])


def form_of(plan: Plan, **changes: str) -> dict:
    """What a browser sends when nothing was touched, with these changes."""
    data = {
        "version": plan.version,
        "seen": plan.versions.first().number,
        "why": "",
        "rhythm": plan.rhythm,
        "meeting_form": plan.meeting_form,
        "meeting_minutes": plan.meeting_minutes,
        "intended_end_on": f"{plan.intended_end_on:%d.%m.%Y}",
    }
    for row in plan.topics.all():
        data |= {
            f"chosen_{row.topic_id}": "on",
            f"order_{row.topic_id}": row.position,
            f"goal_{row.topic_id}": row.goal,
            f"sign_{row.topic_id}": row.sign,
        }
    return data | changes


# --- one proposes, the other answers --------------------------------------------------------


def test_change_holds_only_when_the_other_side_has_agreed(plan):
    before = contents_of(plan)

    change = made.proposed_change(plan, by=plan.worker)

    plan.refresh_from_db()
    assert contents_of(plan) == before
    assert states(plan) == [(1, "agreed"), (2, "proposed")]

    plan = actions.agree_change(change, by=plan.mentor)

    assert contents_of(plan) == Contents.from_json(change.content)
    assert states(plan) == [(1, "agreed"), (2, "agreed")]
    version = plan.versions.get(number=2)
    assert (version.written_by, version.answered_by) == (plan.worker, plan.mentor)


def test_change_keeps_how_far_the_topics_are(plan):
    row = plan.topics.first()
    actions.move_topic(row, progress="done", by=plan.worker)

    actions.agree_change(made.proposed_change(plan), by=plan.worker)

    row.refresh_from_db()
    assert (row.progress, row.done_by) == ("done", plan.worker)


@pytest.mark.parametrize("proposer", ["worker", "mentor"])
def test_change_waits_for_the_other_side_alone(plan, proposer):
    by = getattr(plan, proposer)
    made.proposed_change(plan, by=by)
    told = Message.objects.filter(kind="mentorship.change_proposed")

    asks = "Vasta plaani muutmise ettepanekule"
    assert (asks in verbs(plan.other_than(by)), asks in verbs(by)) == (True, False)
    assert [mail.recipient for mail in told] == [plan.other_than(by)]


def test_nobody_agrees_to_their_own_change(plan):
    change = made.proposed_change(plan, by=plan.worker)

    for deed in (
        lambda: actions.agree_change(change, by=plan.worker),
        lambda: actions.decline_change(change, answer="x", by=plan.worker),
        lambda: actions.withdraw_change(change, by=plan.mentor),
    ):
        with pytest.raises(Refused):
            deed()
    assert states(plan) == [(1, "agreed"), (2, "proposed")]


def test_change_declined_leaves_the_plan_and_keeps_the_answer(plan):
    before = contents_of(plan)

    plan = actions.decline_change(made.proposed_change(plan), answer="vastuselind", by=plan.worker)

    assert contents_of(plan) == before
    version = plan.versions.get(number=2)
    assert (version.state, version.answer) == ("declined", "vastuselind")
    mail = Message.objects.get(kind="mentorship.change_declined")
    assert mail.recipient == plan.mentor
    assert "vastuselind" not in mail.subject + mail.body


def test_newer_proposal_takes_the_place_of_one_that_waits(plan):
    first = made.proposed_change(plan, by=plan.worker)

    second = made.proposed_change(plan, by=plan.mentor)

    assert states(plan) == [(1, "agreed"), (2, "replaced"), (3, "proposed")]
    with pytest.raises(Refused):
        actions.agree_change(first, by=plan.mentor)
    assert actions.agree_change(second, by=plan.worker).version > plan.version


def test_change_withdrawn_asks_nobody(plan):
    actions.withdraw_change(made.proposed_change(plan, by=plan.worker), by=plan.worker)

    assert states(plan) == [(1, "agreed"), (2, "replaced")]
    assert "Vasta plaani muutmise ettepanekule" not in verbs(plan.mentor)


@pytest.mark.parametrize("status", sorted(set(PlanStatus) - CHANGEABLE))
def test_only_a_running_plan_is_changed_by_proposals(status):
    plan = made.plan_at(status)

    with pytest.raises(Refused):
        made.proposed_change(plan)


def test_change_that_changes_nothing_is_refused(plan):
    with pytest.raises(Refused):
        actions.propose_change(plan, contents=contents_of(plan), by=plan.mentor)


@pytest.mark.parametrize("who", ["stand_in", "coordinator", "manager", "administrator"])
def test_change_is_proposed_and_answered_by_the_pair_alone(plan, who):
    change = made.proposed_change(plan)
    other = people.consultant() if who == "stand_in" else getattr(people, who)()
    if who == "stand_in":
        people.absence(plan.mentor, clock.today(), None, stand_in=other)

    for deed in (
        lambda: actions.agree_change(change, by=other),
        lambda: actions.decline_change(change, answer="x", by=other),
        lambda: actions.withdraw_change(change, by=other),
        lambda: made.proposed_change(plan, by=other),
        lambda: actions.pause_plan(plan, reason="leave", by=other),
        lambda: actions.end_plan(plan, reason="leaves", by=other),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_one_proposal_waits_at_a_time_in_the_database_too(plan):
    made.proposed_change(plan)

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanVersion.objects.create(
            plan=plan, number=9, content={}, state="proposed", written_by=plan.mentor
        )


def test_change_of_a_former_mentor_is_not_agreed_to_by_the_next(plan):
    change = made.proposed_change(plan, by=plan.mentor)
    other = people.consultant("Elva vald")

    actions.reassign_plan(plan, mentor=other, by=people.coordinator())

    for person in (other, plan.worker):
        with pytest.raises(Refused):
            actions.agree_change(change, by=person)
    assert states(plan) == [(1, "agreed"), (2, "replaced")]


def test_change_of_the_worker_waits_for_the_next_mentor(plan):
    change = made.proposed_change(plan, by=plan.worker)
    other = people.consultant("Elva vald")

    actions.reassign_plan(plan, mentor=other, by=people.coordinator())

    assert "Vasta plaani muutmise ettepanekule" in verbs(other)
    plan = actions.agree_change(change, by=other)
    assert contents_of(plan) == Contents.from_json(change.content)


# --- the pages ------------------------------------------------------------------------------


def test_change_is_proposed_read_and_agreed_on_its_pages(client_of, plan):
    data = form_of(plan, goal_star="uus siht", why="päev on lühem")
    client_of(plan.worker).post(page("change-propose", plan), data)
    plan.refresh_from_db()
    mentor = client_of(plan.mentor)

    text = mentor.get(page("version-detail", plan, 2)).content.decode()
    assert "<ins" in text
    assert "päev on lühem" in text
    assert page("version-detail", plan, 2) in mentor.get(page("plan-detail", plan)).content.decode()
    mentor.post(page("change-agree", plan, 2))

    assert plan.topics.get(topic="star").goal == "uus siht"
    history = mentor.get(page("versions", plan)).content.decode()
    assert history.count('class="tp-item') >= 2


def test_change_page_begins_from_the_proposal_that_waits(client_of, plan):
    change = made.proposed_change(plan, by=plan.worker)

    form = client_of(plan.mentor).get(page("change-propose", plan)).context["form"]

    assert form["goal_star"].value() == change.content["topics"][0]["goal"]


def test_both_write_at_once_and_nobodys_text_is_lost(client_of):
    """What only one of them changed stands as they changed it; what both did is shown twice."""
    plan = made.plan_at(PlanStatus.DRAFT)
    opened = form_of(plan)
    rows = {row.topic_id: row for row in plan.topics.all()}
    theirs = [
        Choice(topic="star", goal="mentori siht"),
        Choice(topic="network-work", goal=rows["network-work"].goal, sign="mentori tunnus"),
        Choice(topic="self-care", goal=rows["self-care"].goal),
    ]
    actions.write_plan(
        plan,
        topics=theirs,
        rhythm="weekly",
        meeting_form="on_site",
        intended_end_on=plan.intended_end_on,
        by=plan.mentor,
    )
    client = client_of(plan.worker)
    mine = opened | {"goal_star": "töötaja siht", "goal_self-care": "töötaja oma"}

    refused = client.post(page("plan-write", plan), mine)

    assert refused.status_code == 422
    form = refused.context["form"]
    shown = {
        name: form[name].value()
        for name in ("goal_star", "sign_network-work", "goal_self-care", "rhythm")
    }
    assert shown == {
        "goal_star": "töötaja siht",
        "sign_network-work": "mentori tunnus",
        "goal_self-care": "töötaja oma",
        "rhythm": "weekly",
    }
    assert len(form.both) == 1
    assert "mentori siht" in refused.content.decode()
    assert plan.topics.get(topic="star").goal == "mentori siht"

    again = {name: form[name].value() for name in mine if name in form.fields} | {
        f"sign_{key}": form[f"sign_{key}"].value() for key in rows
    }
    assert client.post(page("plan-write", plan), again).status_code == 302
    assert plan.topics.get(topic="star").goal == "töötaja siht"
    assert plan.topics.get(topic="network-work").sign == "mentori tunnus"
    # The mentor's words stay readable.
    texts = [str(version.content) for version in plan.versions.all()]
    assert any("mentori siht" in text for text in texts)


def test_extend_proposes_another_end_and_nothing_else(client_of, plan):
    end = clock.today() + timedelta(days=300)
    before = contents_of(plan)

    client_of(plan.worker).post(
        page("change-extend", plan),
        {"version": plan.version, "intended_end_on": f"{end:%d.%m.%Y}", "why": ""},
    )

    assert Contents.from_json(plan.versions.first().content) == before.until(end)


def test_extend_to_the_past_says_so_and_keeps_what_was_typed(client_of, plan):
    response = client_of(plan.worker).post(
        page("change-extend", plan), {"version": plan.version, "intended_end_on": "1.11.2026"}
    )

    assert response.status_code == 422
    form = response.context["form"]
    assert set(form.errors) == {"intended_end_on"}
    assert form["intended_end_on"].value() == "1.11.2026"


# --- what is different ----------------------------------------------------------------------


def test_differences_name_each_thing_once(plan):
    now = contents_of(plan)
    first, second, third = now.topics
    after = replace(
        now,
        topics=(third, replace(first, goal="uus siht"), Choice(topic="roles", sign="märk")),
        rhythm="weekly",
    )

    labels = [each.label.partition(":")[0] for each in differences(now, after)]

    assert labels == [
        "Eesmärk",
        "Lisatud teema",
        "Õnnestumise tunnus",
        "Välja võetud teema",
        "Teemade järjekord",
        "Kui tihti",
    ]
    assert second.topic not in {each.topic for each in after.topics}


def test_difference_shows_words_that_went_and_came():
    [difference] = differences(_text("õpin võrgustikku looma"), _text("õpin võrgustikku kutsuma"))

    assert [(piece.kind, piece.text) for piece in difference.pieces] == [
        ("same", "õpin võrgustikku "),
        ("gone", "looma"),
        ("new", "kutsuma"),
    ]


def _text(goal: str) -> Contents:
    return made.template_text(goal)


# --- templates ------------------------------------------------------------------------------


def begun(template, **changes) -> Plan:
    """A running plan that was begun from a template."""
    plan = made.plan_at(PlanStatus.DRAFT)
    version = template.versions.first()
    text = Contents.from_json(version.content).until(plan.intended_end_on)
    text = replace(text, **changes)
    plan = actions.write_plan(plan, **vars(text), template=version, by=plan.mentor)
    plan = actions.propose_plan(plan, by=plan.mentor)
    return actions.agree_plan(plan, by=plan.worker)


def test_plan_begins_from_a_template(client_of):
    template = made.template()
    plan = actions.take_request(made.submitted_request(), by=people.consultant())
    address = page("plan-write", plan) + f"?template={template.versions.first().pk}"

    form = client_of(plan.mentor).get(address).context["form"]

    assert (form["chosen_star"].value(), form["goal_star"].value()) == (True, "Malli eesmärk")
    assert form["intended_end_on"].value() == clock.today().replace(month=5, year=2027)


def test_newer_template_is_offered_and_changes_nothing_by_itself(client_of):
    template = made.template()
    plan = begun(template)
    before = contents_of(plan)
    client = client_of(plan.worker)
    assert (
        page("template-follow", plan) not in client.get(page("plan-detail", plan)).content.decode()
    )

    made.newer_template(template)

    assert page("template-follow", plan) in client.get(page("plan-detail", plan)).content.decode()
    assert contents_of(plan) == before
    preview = client.get(page("template-follow", plan)).content.decode()
    assert "<ins" in preview
    client.post(
        page("template-follow", plan), {"deed": "propose", "version": plan.version, "number": 2}
    )
    plan.refresh_from_db()
    assert contents_of(plan) == before
    plan = actions.agree_change(plan.versions.first(), by=plan.mentor)
    assert [(row.topic_id, row.goal) for row in plan.topics.all()] == [
        ("star", "Uus malli eesmärk"),
        ("self-care", ""),
    ]
    assert (
        page("template-follow", plan) not in client.get(page("plan-detail", plan)).content.decode()
    )


def test_newer_template_is_left_alone_once_for_all(client_of):
    template = made.template()
    plan = begun(template)
    made.newer_template(template)
    client = client_of(plan.worker)

    client.post(
        page("template-follow", plan), {"deed": "leave", "version": plan.version, "number": 2}
    )

    assert (
        page("template-follow", plan) not in client.get(page("plan-detail", plan)).content.decode()
    )
    assert states(plan)[-1][1] == "agreed"


@pytest.mark.parametrize("deed", ["propose", "leave"])
def test_template_changed_once_more_is_looked_at_first(client_of, deed):
    """What the page showed is no longer what would be proposed: it is shown anew."""
    template = made.template()
    plan = begun(template)
    made.newer_template(template)
    client, address = client_of(plan.mentor), page("template-follow", plan)
    client.get(address)
    actions.change_template(
        template,
        name_et=template.name_et,
        contents=made.template_text("Kolmas eesmärk"),
        months=6,
        by=people.coordinator(),
    )

    response = client.post(address, {"deed": deed, "version": plan.version, "number": 2})

    assert response.status_code == 422
    text = response.content.decode()
    assert "Mall on veel kord muutunud" in text
    assert "Kolmas" in text
    plan.refresh_from_db()
    assert plan.template_version.number == 1
    assert not plan.versions.filter(state="proposed").exists()


def test_template_of_another_plan_or_of_a_plan_that_ended_is_refused():
    template, other = made.template(), made.template()
    plan = begun(template)
    made.newer_template(template)
    made.newer_template(other)
    for version in (other.versions.first(), template.versions.last()):
        with pytest.raises(Refused):
            actions.leave_template(plan, template=version, by=plan.worker)
    actions.end_plan(plan, reason="other", by=plan.worker)
    with pytest.raises(Refused):
        actions.leave_template(plan, template=template.versions.first(), by=plan.worker)


def test_what_the_pair_wrote_stays_when_a_template_changes():
    old, new = _text("malli sõnad"), made.template_text("uued malli sõnad", "self-care")
    own = replace(old, topics=(Choice(topic="star", goal="meie oma"),), rhythm="weekly")

    followed = following(own, old, new)

    assert followed == replace(own, topics=(*own.topics, Choice(topic="self-care")))


def test_template_is_kept_by_the_coordinator_alone(client_of):
    template = made.template()
    addresses = [
        reverse("mentorship:templates"),
        reverse("mentorship:template-add"),
        reverse("mentorship:template-change", args=[template.pk]),
        reverse("mentorship:template-withdraw", args=[template.pk]),
    ]
    for who in (people.worker(), people.consultant(), people.manager(), people.administrator()):
        client = client_of(who)
        assert {client.get(address).status_code for address in addresses} == {403}
        with pytest.raises(PermissionDenied):
            made.newer_template(template, by=who)
        with pytest.raises(PermissionDenied):
            made.template(by=who)
        with pytest.raises(PermissionDenied):
            actions.withdraw_template(template, by=who)


def test_template_pages_add_change_and_withdraw(client_of):
    client = client_of(people.coordinator())
    text = {
        "name_et": "Naasja plaan",
        "rhythm": "monthly",
        "meeting_form": "video",
        "meeting_minutes": "90",
        "months": "4",
        "chosen_star": "on",
        "goal_star": "siht",
    }
    client.post(reverse("mentorship:template-add"), text)
    rows = client.get(reverse("mentorship:templates")).context["rows"]
    template = next(row.template for row in rows if row.template.name_et == "Naasja plaan")
    change = reverse("mentorship:template-change", args=[template.pk])

    client.post(change, text | {"version": 1, "goal_star": "uus siht"})
    stale = client.post(change, text | {"version": 1, "goal_star": "veel üks"})

    assert stale.status_code == 422
    assert [version.number for version in template.versions.all()] == [2, 1]
    client.post(reverse("mentorship:template-withdraw", args=[template.pk]))
    assert template not in [row.template for row in client.get(change[:10]).context or []]
    assert client.get(change).status_code == 404


# --- resting and ending ---------------------------------------------------------------------


def test_pause_cancels_the_meetings_of_its_time(plan):
    inside = made.booked_meeting(plan, clock.now() + 3 * DAY)
    after = made.booked_meeting(plan, clock.now() + 30 * DAY)

    plan = actions.pause_plan(
        plan, reason="leave", expected_until=clock.today() + 10 * DAY, by=plan.worker
    )

    assert plan.status == PlanStatus.PAUSED
    status = dict(Meeting.objects.values_list("pk", "status"))
    assert (status[inside.meeting_id], status[after.meeting_id]) == ("cancelled", "confirmed")


def test_pause_asks_to_go_on_when_its_day_has_come(plan):
    back = clock.today() + 10 * DAY
    actions.pause_plan(plan, reason="leave", expected_until=back, by=plan.worker)
    assert "Jätka mentorlust" not in verbs(plan.mentor)

    with clock.at(clock.tallinn(back) + timedelta(hours=10)):
        assert "Jätka mentorlust" in verbs(plan.mentor)
        plan = actions.resume_plan(plan, by=plan.mentor)
        assert "Jätka mentorlust" not in verbs(plan.mentor)
    assert plan.status == PlanStatus.RUNNING
    assert Pause.objects.get().resumed_by == plan.mentor


def test_paused_pair_is_not_reminded_of_silence(plan):
    plan = actions.pause_plan(plan, reason="leave", by=plan.worker)

    with clock.at(clock.now() + 70 * DAY):
        assert not Plan.objects.silent_for(timedelta(days=60)).exists()


def test_pause_until_a_day_that_has_passed_is_refused(client_of, plan):
    response = client_of(plan.worker).post(
        page("plan-pause", plan),
        {"version": plan.version, "reason": "leave", "expected_until": "1.11.2026"},
    )

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"expected_until"}
    plan.refresh_from_db()
    assert plan.status == PlanStatus.RUNNING


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.RUNNING, PlanStatus.PAUSED])
@pytest.mark.parametrize("side", ["worker", "mentor"])
def test_end_before_its_time_by_either_side(client_of, status, side):
    plan = made.plan_at(status)
    coming = made.booked_meeting(plan)
    by = getattr(plan, side)

    client_of(by).post(
        page("plan-end", plan), {"version": plan.version, "reason": "no_time", "words": "lõpulind"}
    )

    plan.refresh_from_db()
    assert (plan.status, plan.end_reason, plan.end_words) == ("ended", "no_time", "lõpulind")
    coming.meeting.refresh_from_db()
    assert coming.meeting.is_cancelled
    mail = Message.objects.get(kind="mentorship.plan_ended")
    assert mail.recipient == plan.other_than(by)
    assert "lõpulind" not in mail.subject + mail.body
    assert not plan.pauses.filter(resumed_at=None).exists()


def test_end_leaves_room_for_a_new_wish():
    plan = made.plan_at(PlanStatus.RUNNING)
    actions.end_plan(plan, reason="no_fit", by=plan.worker)

    assert made.submitted_request(worker=plan.worker).status == "submitted"


def test_why_a_mentorship_ended_is_for_the_pair(client_of, plan):
    actions.end_plan(plan, reason="no_fit", words="lõpulind", by=plan.worker)

    for who in (people.manager("Elva vald"), people.coordinator()):
        text = client_of(who).get(plan.get_absolute_url()).content.decode()
        assert "lõpulind" not in text
        assert "Sellest ei ole abi" not in text
    assert "lõpulind" in client_of(plan.mentor).get(plan.get_absolute_url()).content.decode()


def test_why_a_mentorship_rests_or_ends_is_not_in_the_journal(plan):
    plan = actions.pause_plan(plan, reason="illness", by=plan.worker)
    actions.end_plan(plan, reason="no_fit", by=plan.worker)

    details = str([entry.details for entry in Entry.objects.about(plan)])
    assert "illness" not in details
    assert "no_fit" not in details


def test_stale_end_is_refused(plan):
    with pytest.raises(Stale):
        actions.end_plan(plan, reason="no_time", version=plan.version - 1, by=plan.worker)
