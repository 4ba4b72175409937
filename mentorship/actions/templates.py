"""The templates of plans: added, followed by newer texts, withdrawn."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from journal.record import record
from mentorship.actions.plans import locked, save
from mentorship.contents import Contents
from mentorship.models import Plan, PlanTemplate, TemplateVersion
from mentorship.permissions import check_can_keep_templates, check_can_write_plan
from mentorship.versions import Stale, check_version
from mentorship.workflow import CHANGEABLE
from people.models import User


@transaction.atomic
def add_template(
    *,
    name_et: str,
    name_en: str = "",
    contents: Contents,
    months: int,
    by: User,
    pk: uuid.UUID | None = None,
) -> PlanTemplate:
    """Add a template with its first text. Sent twice it is made once."""
    check_can_keep_templates(by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if pk and (made := PlanTemplate.objects.filter(pk=pk).first()):
        return made
    template = PlanTemplate.objects.create(id=pk or uuid.uuid4(), name_et=name_et, name_en=name_en)
    _follow(template, contents, months, by)
    record("mentorship.template_added", by=by, subject=template)
    return template


@transaction.atomic
def change_template(
    template: PlanTemplate,
    *,
    name_et: str,
    name_en: str = "",
    contents: Contents,
    months: int,
    by: User,
    version: int | None = None,
) -> PlanTemplate:
    """Give a template a newer text. Plans begun from it stay; their pairs are offered it.

    `version` is the number of the text that was seen. Raises Stale when there is a newer one.
    """
    check_can_keep_templates(by)
    template = _offered(template)
    last = template.versions.first()
    if version is not None and version != last.number:
        raise Stale(last)
    template.name_et, template.name_en = name_et, name_en
    template.save()
    if (last.content, last.months) != (contents.as_json(), months):
        _follow(template, contents, months, by)
    record("mentorship.template_changed", by=by, subject=template)
    return template


@transaction.atomic
def withdraw_template(template: PlanTemplate, *, by: User) -> PlanTemplate:
    """Offer a template no more; plans begun from it stay as they are."""
    check_can_keep_templates(by)
    template = _offered(template)
    template.withdrawn_at, template.withdrawn_by = clock.now(), by
    template.save()
    record("mentorship.template_withdrawn", by=by, subject=template)
    return template


@transaction.atomic
def leave_template(
    plan: Plan, *, template: TemplateVersion, by: User, version: int | None = None
) -> Plan:
    """Leave a plan as it is, having seen what a newer text of its template suggests.

    Raises Stale when somebody wrote meanwhile; Refused when the plan is not running, and for
    a text that is not the newest of the plan's template.
    """
    plan = locked(plan)
    check_can_write_plan(by, plan)
    check_version(plan, version)
    if plan.status not in CHANGEABLE:
        raise Refused(_("Only a plan that is running is changed like this."))
    check_follows(plan, template)
    plan.template_version = template
    save(plan)
    record("mentorship.template_left", by=by, subject=plan, number=template.number)
    return plan


def check_follows(plan: Plan, template: TemplateVersion) -> None:
    """Raise Refused unless this is the newest text of the plan's template, and not yet seen."""
    old = plan.template_version
    if old is None or template.template_id != old.template_id or template.number <= old.number:
        raise Refused(_("There is no newer template for this plan."))
    if template.number != old.newest.number:
        raise Refused(_("The template has changed once more. Look at what it suggests now."))


def _offered(template: PlanTemplate) -> PlanTemplate:
    template = PlanTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if template.withdrawn_at is not None:
        raise Refused(_("This template has been withdrawn."))
    return template


def _follow(template: PlanTemplate, contents: Contents, months: int, by: User) -> None:
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    TemplateVersion.objects.create(
        template=template,
        number=last + 1,
        content=contents.as_json(),
        months=months,
        written_at=clock.now(),
        written_by=by,
    )
