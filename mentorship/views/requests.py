from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, NewObjectForm, posted
from common.htmx import render_page
from common.permissions import can
from common.refusal import Refused
from library.models import Topic
from mentorship.actions import (
    assign_request,
    check_nothing_open,
    confirm_request,
    correct_request,
    enter_request,
    open_request,
    submit_request,
    suggest_request,
    take_request,
    withdraw_request,
)
from mentorship.candidates import candidates_for
from mentorship.forms import (
    AnswerForm,
    AssignForm,
    EnterForm,
    RatingsForm,
    SuggestForm,
    WishesForm,
)
from mentorship.models import MentorshipRequest
from mentorship.permissions import (
    check_can_answer_request,
    check_can_take_request,
    check_can_withdraw_request,
)
from mentorship.workflow import RequestStatus
from people.drafts import open_draft, save_draft
from people.models import Draft, Municipality, User
from people.permissions import (
    consultant_required,
    coordinator_required,
    manager_required,
    member_required,
    worker_required,
)
from people.standing import consultants_serving, standing_of


DRAFT = "mentorship.request"


def _draft_of(request: HttpRequest) -> Draft | None:
    return open_draft(request.user, DRAFT)


def _workplaces(request: HttpRequest) -> list[Municipality]:
    return list(Municipality.objects.filter(pk__in=standing_of(request.user).works_in))


def _topics() -> list[Topic]:
    return list(Topic.objects.select_related("block"))


def _steps(current: int) -> list[dict[str, str]]:
    labels = [_("Your wish"), _("Your rating"), _("Check and send")]
    states = ["done" if n < current else "current" if n == current else "ahead" for n in range(3)]
    return [
        {"label": label, "detail": "", "state": state}
        for label, state in zip(labels, states, strict=True)
    ]


def _onward(request: HttpRequest, leaving: bool, next_step: str) -> HttpResponse:
    if leaving:
        messages.success(request, _("The draft is kept. Go on whenever you like."))
        return redirect("mentorship:overview")
    return redirect(next_step)


@worker_required
def request_submit(request: HttpRequest) -> HttpResponse:
    """First step: the wish. Kept as a draft, complete or not."""
    try:
        # Said now, not after thirteen ratings.
        check_nothing_open(request.user, by=request.user)
    except Refused as refusal:
        messages.warning(request, refusal.reason)
        return redirect("mentorship:overview")
    draft = _draft_of(request)
    leaving = "leave" in request.POST
    form = WishesForm(
        posted(request),
        initial=draft.content if draft else {},
        municipalities=_workplaces(request),
        unfinished=leaving,
    )
    if form.is_bound and form.is_valid():
        save_draft(request.user, DRAFT, form.cleaned_data, draft=draft)
        return _onward(request, leaving, "mentorship:request-submit-ratings")
    return render_page(
        request, "mentorship/request_submit.html", {"form": form, "steps": _steps(0)}
    )


@worker_required
def request_submit_ratings(request: HttpRequest) -> HttpResponse:
    """Second step: the worker's own rating of the topics."""
    draft = _draft_of(request)
    if draft is None or not draft.content.get("wishes"):
        return redirect("mentorship:request-submit")
    leaving = "leave" in request.POST
    rated = draft.content.get("ratings", {})
    form = RatingsForm(
        posted(request),
        initial={f"rating_{key}": value for key, value in rated.items()}
        | {f"why_{key}": words for key, words in draft.content.get("whys", {}).items()},
        topics=_topics(),
        unfinished=leaving,
    )
    if form.is_bound and form.is_valid():
        rated = {"ratings": form.ratings(), "whys": form.whys()}
        save_draft(request.user, DRAFT, rated, draft=draft)
        return _onward(request, leaving, "mentorship:request-submit-check")
    return render_page(
        request, "mentorship/request_submit_ratings.html", {"form": form, "steps": _steps(1)}
    )


@worker_required
def request_submit_check(request: HttpRequest) -> HttpResponse:
    """Last step: look at everything, then send. The draft's key becomes the request's."""
    draft = _draft_of(request)
    form = NewObjectForm(posted(request), initial={"new_id": draft.pk if draft else None})
    if draft is None:
        # A second click on the same button finds what the first one has sent.
        sent = form.is_bound and form.is_valid() and _sent_before(request, form)
        return sent or redirect("mentorship:request-submit")
    content, topics, workplaces = draft.content, _topics(), _workplaces(request)
    ratings = content.get("ratings", {})
    if not content.get("wishes") or set(ratings) != {topic.key for topic in topics}:
        return redirect("mentorship:request-submit-ratings")
    chosen = content.get("municipality", "")
    municipality = next((each for each in workplaces if str(each.pk) == chosen), workplaces[0])
    if form.carried_out(
        lambda data: submit_request(
            municipality=municipality,
            wishes=content["wishes"],
            ratings=ratings,
            whys=content.get("whys", {}),
            pk=draft.pk,
            draft=draft,
            by=request.user,
        )
    ):
        return redirect("mentorship:request-sent", form.result.pk)
    return render_page(
        request,
        "mentorship/request_submit_check.html",
        {
            "form": form,
            "steps": _steps(2),
            "wishes": content["wishes"],
            "municipality": municipality,
            "rated": [
                (topic, ratings[topic.key], content.get("whys", {}).get(topic.key, ""))
                for topic in topics
            ],
        },
    )


def _sent_before(request: HttpRequest, form: NewObjectForm) -> HttpResponse | None:
    sent = MentorshipRequest.objects.filter(
        pk=form.cleaned_data["new_id"], worker=request.user
    ).first()
    return redirect("mentorship:request-sent", sent.pk) if sent else None


@member_required
def request_sent(request: HttpRequest, pk) -> HttpResponse:
    """What happens next, and who the region's consultants are."""
    wish = get_object_or_404(
        MentorshipRequest.objects.filter(worker=request.user).for_lists(), pk=pk
    )
    return render_page(
        request,
        "mentorship/request_sent.html",
        {"wish": wish, "consultants": _consultants_of(wish)},
    )


def _consultants_of(wish: MentorshipRequest) -> list[User]:
    return list(User.objects.filter(consultants_serving(wish.municipality_id, clock.today())))


@manager_required
def request_suggest(request: HttpRequest) -> HttpResponse:
    form = SuggestForm(posted(request), municipalities=standing_of(request.user).manages)
    if form.carried_out(
        lambda data: suggest_request(
            worker=data["worker"].user,
            municipality=data["worker"].municipality,
            asked_on=data["asked_on"],
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(
            request,
            _("Done. The worker gets a mail and confirms the wish: %(name)s.")
            % {"name": form.result.worker},
        )
        return redirect("mentorship:overview")
    return render_page(request, "mentorship/request_suggest.html", {"form": form})


@consultant_required
def request_enter(request: HttpRequest) -> HttpResponse:
    form = EnterForm(posted(request), municipalities=standing_of(request.user).all_served)
    if form.carried_out(
        lambda data: enter_request(
            worker=data["worker"].user,
            municipality=data["worker"].municipality,
            wishes=data["wishes"],
            asked_on=data["asked_on"],
            pk=data["new_id"],
            by=request.user,
        )
    ):
        messages.success(
            request,
            _("The wish is entered. The worker gets a mail: %(name)s.")
            % {"name": form.result.worker},
        )
        return redirect(form.result)
    return render_page(request, "mentorship/request_enter.html", {"form": form})


@member_required
def request_detail(request: HttpRequest, pk) -> HttpResponse:
    """Facts for all who may know of it; words and ratings for those who may read them."""
    wish = get_object_or_404(MentorshipRequest.objects.visible_to(request.user).for_lists(), pk=pk)
    is_mine = wish.worker_id == request.user.pk
    waits = wish.status == RequestStatus.SUBMITTED
    context = {
        "wish": wish,
        "is_mine": is_mine,
        "can_confirm": is_mine and wish.status == RequestStatus.UNCONFIRMED,
        "can_correct": is_mine and waits,
        "can_withdraw": wish.status in (RequestStatus.SUBMITTED, RequestStatus.UNCONFIRMED)
        and can(check_can_withdraw_request, request.user, wish),
        "can_take": waits and can(check_can_take_request, request.user, wish),
        "can_assign": waits and standing_of(request.user).is_coordinator,
        # The employer who asked is not told with whom.
        "knows_mentor": is_mine or standing_of(request.user).is_board,
        "readable": False,
    }
    readable = MentorshipRequest.objects.readable_by(request.user).filter(pk=pk)
    if readable.exists():
        open_request(wish, by=request.user)
        context |= {
            "readable": True,
            "ratings": list(
                # What matters most comes first.
                wish.ratings.at("before").select_related("topic__block").order_by("value", "topic")
            ),
        }
    return render_page(request, "mentorship/request_detail.html", context)


def _mine(request: HttpRequest, pk) -> MentorshipRequest:
    wish = get_object_or_404(MentorshipRequest.objects.visible_to(request.user).for_lists(), pk=pk)
    check_can_answer_request(request.user, wish)
    return wish


def _answer_form(request: HttpRequest, wish: MentorshipRequest) -> AnswerForm:
    initial = {}
    for rating in wish.ratings.at("before"):
        initial[f"rating_{rating.topic_id}"] = rating.value
        initial[f"why_{rating.topic_id}"] = rating.why
    return AnswerForm(
        posted(request),
        initial=initial | {"wishes": wish.wishes, "version": wish.version},
        topics=_topics(),
    )


@member_required
def request_confirm(request: HttpRequest, pk) -> HttpResponse:
    wish = _mine(request, pk)
    form = _answer_form(request, wish)
    if form.carried_out(
        lambda data: confirm_request(
            wish,
            wishes=data["wishes"],
            ratings=form.ratings(),
            whys=form.whys(),
            version=data["version"],
            by=request.user,
        )
    ):
        return redirect("mentorship:request-sent", wish.pk)
    return render_page(request, "mentorship/request_confirm.html", {"form": form, "wish": wish})


@member_required
def request_correct(request: HttpRequest, pk) -> HttpResponse:
    wish = _mine(request, pk)
    form = _answer_form(request, wish)
    if form.carried_out(
        lambda data: correct_request(
            wish,
            wishes=data["wishes"],
            ratings=form.ratings(),
            whys=form.whys(),
            version=data["version"],
            by=request.user,
        )
    ):
        messages.success(request, _("Your wish is changed."))
        return redirect(wish)
    return render_page(request, "mentorship/request_correct.html", {"form": form, "wish": wish})


@member_required
def request_withdraw(request: HttpRequest, pk) -> HttpResponse:
    wish = get_object_or_404(MentorshipRequest.objects.visible_to(request.user).for_lists(), pk=pk)
    check_can_withdraw_request(request.user, wish)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: withdraw_request(wish, by=request.user)):
        messages.success(request, _("The wish is withdrawn."))
        return redirect("mentorship:overview")
    return render_page(request, "mentorship/request_withdraw.html", {"form": form, "wish": wish})


@consultant_required
def request_take(request: HttpRequest, pk) -> HttpResponse:
    wish = get_object_or_404(MentorshipRequest.objects.visible_to(request.user).for_lists(), pk=pk)
    check_can_take_request(request.user, wish)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: take_request(wish, by=request.user)):
        messages.success(
            request, _("You are the mentor. Book the first meeting and begin the plan.")
        )
        return redirect(form.result)
    return render_page(request, "mentorship/request_take.html", {"form": form, "wish": wish})


@coordinator_required
def request_assign(request: HttpRequest, pk) -> HttpResponse:
    """The coordinator sees the facts, each consultant's load, and no wishes."""
    wish = get_object_or_404(MentorshipRequest.objects.visible_to(request.user).for_lists(), pk=pk)
    form = AssignForm(
        posted(request),
        consultants=candidates_for(wish.municipality_id, language=wish.worker.language),
    )
    if form.carried_out(lambda data: assign_request(wish, mentor=data["mentor"], by=request.user)):
        messages.success(
            request, _("The mentor is named: %(name)s.") % {"name": form.result.mentor}
        )
        return redirect("mentorship:overview")
    return render_page(request, "mentorship/request_assign.html", {"form": form, "wish": wish})
