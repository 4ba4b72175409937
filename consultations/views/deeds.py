"""One page for each thing that is done to a case: form, action, back to the case."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from common import clock
from common.forms import ActionForm, posted
from common.htmx import render_page
from common.templatetags.words import due_text
from consultations import permissions as allowed
from consultations.actions import (
    add_contact,
    agree_measure,
    assign_request,
    book_case_meeting,
    change_factors,
    close_request,
    contact_request,
    finish_measure,
    reassign_request,
    reopen_request,
    replace_contact,
    set_municipality,
    take_request,
    withdraw_request,
)
from consultations.forms import (
    CaseMeetingForm,
    CloseForm,
    ConsultantForm,
    ContactedForm,
    ContactForm,
    FactorsForm,
    MeasureForm,
    MunicipalityForm,
    ReasonForm,
    ReassignForm,
)
from consultations.models import Contact, Measure
from consultations.views.case import readable_case, render_text, visible_case
from meetings.models import Meeting, Poll
from people.permissions import board_required, consultant_required, member_required


@consultant_required
def request_take(request, pk):
    case = visible_case(request, pk)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: take_request(case, by=request.user)):
        messages.success(
            request,
            _("The request is yours. Take contact by %(day)s.")
            % {"day": due_text(case.contact_due_at)},
        )
        return redirect(case)
    return render_page(request, "consultations/request_take.html", {"case": case, "form": form})


@board_required
def request_assign(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_assign_request(request.user, case)
    form = ConsultantForm(posted(request), case=case)
    if form.carried_out(lambda data: assign_request(case, **data, by=request.user)):
        messages.success(
            request,
            _("The request was given to %(name)s.") % {"name": form.result.consultant.name},
        )
        return redirect(form.result)
    return render_page(request, "consultations/request_assign.html", {"case": case, "form": form})


@board_required
def request_reassign(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_reassign_request(request.user, case)
    form = ReassignForm(posted(request), case=case, initial={"version": case.version})
    if form.carried_out(lambda data: reassign_request(case, **data, by=request.user)):
        messages.success(
            request,
            _("The case was given to %(name)s.") % {"name": form.result.consultant.name},
        )
        return redirect(form.result)
    form.renew_version(case.version)
    return render_page(request, "consultations/request_reassign.html", {"case": case, "form": form})


@consultant_required
def request_contact(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_contact_request(request.user, case)
    now = clock.now().astimezone(clock.TALLINN)
    form = ContactedForm(posted(request), initial={"day": now.date(), "at": now.time()})
    if form.carried_out(
        lambda data: contact_request(case, contacted_at=data["contacted_at"], by=request.user)
    ):
        messages.success(request, _("First contact has been recorded."))
        return redirect(case)
    return render_page(request, "consultations/request_contact.html", {"case": case, "form": form})


@consultant_required
def meeting_book(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_book_meeting(request.user, case)
    form = CaseMeetingForm(posted(request), case=case, reader=request.user, shown=request.GET)

    def book(data):
        own = {name: data[name] for name in ("kind", "people", "guests")}
        return book_case_meeting(case, **own, **form.booking(data), by=request.user)

    if form.carried_out(book):
        messages.success(request, _("The meeting is booked and the invitations are on their way."))
        return redirect("consultations:request-meetings", pk=case.pk)
    poll = Poll.objects.running().about("consultation", case.pk).first()
    context = {"case": case, "form": form, "poll": poll}
    return render_page(request, "consultations/meeting_book.html", context)


@member_required
def factors_change(request, pk):
    case = readable_case(request, pk)
    allowed.check_can_change_factors(request.user, case)
    initial = {
        "risk_factors": case.risk_factors,
        "protective_factors": case.protective_factors,
        "version": case.version,
    }
    form = FactorsForm(posted(request), initial=initial)
    if form.carried_out(lambda data: change_factors(case, **data, by=request.user)):
        messages.success(request, _("The factors have been saved."))
        return redirect(case)
    # Refused as stale: the other person's text stands beside the kept one.
    meanwhile = form.is_bound and str(form.data.get("version")) != str(case.version)
    form.renew_version(case.version)
    return render_text(
        request,
        "consultations/factors_change.html",
        {"case": case, "form": form, "meanwhile": meanwhile},
    )


@member_required
def measure_agree(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_agree_measure(request.user, case)
    form = MeasureForm(posted(request))

    def agree(data):
        new_id = data.pop("new_id")
        return agree_measure(case, **data, pk=new_id, by=request.user)

    if form.carried_out(agree):
        messages.success(request, _("The measure has been entered."))
        return redirect("consultations:request-meetings", pk=case.pk)
    return render_page(request, "consultations/measure_agree.html", {"case": case, "form": form})


@member_required
def measure_finish(request, pk, measure):
    case = readable_case(request, pk)
    measure = get_object_or_404(Measure.objects.filter(request=case), pk=measure)
    allowed.check_can_finish_measure(request.user, case)
    form = ActionForm(posted(request))
    if form.carried_out(lambda data: finish_measure(measure, by=request.user)):
        messages.success(request, _("The measure is marked as done."))
        return redirect("consultations:request-meetings", pk=case.pk)
    context = {"case": case, "form": form, "measure": measure}
    return render_text(request, "consultations/measure_finish.html", context)


@member_required
def contact_add(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_add_contact(request.user, case)
    form = ContactForm(posted(request), case=case)
    if form.carried_out(lambda data: add_contact(case, **data, by=request.user)):
        messages.success(
            request,
            _("Contact person added: %(name)s.") % {"name": form.cleaned_data["person"].name},
        )
        return redirect(case)
    return render_page(request, "consultations/contact_add.html", {"case": case, "form": form})


@member_required
def contact_replace(request, pk, contact):
    case = visible_case(request, pk)
    contact = get_object_or_404(
        Contact.objects.filter(request=case).select_related("user"), pk=contact
    )
    allowed.check_can_replace_contact(request.user, case)
    form = ContactForm(posted(request), case=case)
    if form.carried_out(lambda data: replace_contact(contact, **data, by=request.user)):
        messages.success(
            request,
            _("Contact person now: %(name)s.") % {"name": form.cleaned_data["person"].name},
        )
        # Who has replaced themselves may not see the case any more.
        return redirect(case if _still_visible(request, case) else "consultations:overview")
    context = {"case": case, "form": form, "contact": contact}
    return render_page(request, "consultations/contact_replace.html", context)


@consultant_required
def municipality_set(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_set_municipality(request.user, case)
    form = MunicipalityForm(posted(request))
    if form.carried_out(lambda data: set_municipality(case, **data, by=request.user)):
        messages.success(
            request,
            _("Municipality of the case: %(name)s.") % {"name": form.result.municipality.name},
        )
        return redirect(case if _still_visible(request, case) else "consultations:overview")
    return render_page(request, "consultations/municipality_set.html", {"case": case, "form": form})


@consultant_required
def request_close(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_close_request(request.user, case)
    form = CloseForm(posted(request), initial={"version": case.version})
    if form.carried_out(lambda data: close_request(case, **data, by=request.user)):
        messages.success(
            request, _("The case is closed. The municipality is asked to read the summary.")
        )
        return redirect("consultations:request-summary", pk=case.pk)
    form.renew_version(case.version)
    context = {"case": case, "form": form, "ahead": _meetings_ahead(case)}
    return render_page(request, "consultations/request_close.html", context)


@member_required
def request_withdraw(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_withdraw_request(request.user, case)
    form = ReasonForm(posted(request))
    if form.carried_out(lambda data: withdraw_request(case, **data, by=request.user)):
        messages.success(request, _("The case has been withdrawn."))
        return redirect(case if _still_visible(request, case) else "consultations:overview")
    context = {"case": case, "form": form, "ahead": _meetings_ahead(case)}
    return render_page(request, "consultations/request_withdraw.html", context)


@member_required
def request_reopen(request, pk):
    case = visible_case(request, pk)
    allowed.check_can_reopen_request(request.user, case)
    form = ReasonForm(posted(request))
    if form.carried_out(lambda data: reopen_request(case, **data, by=request.user)):
        messages.success(request, _("The case has been reopened."))
        return redirect(case)
    return render_page(request, "consultations/request_reopen.html", {"case": case, "form": form})


def _still_visible(request, case) -> bool:
    return type(case).objects.visible_to(request.user).filter(pk=case.pk).exists()


def _meetings_ahead(case) -> list[Meeting]:
    return list(Meeting.objects.upcoming().filter(case_meeting__request=case).order_by("starts_at"))
