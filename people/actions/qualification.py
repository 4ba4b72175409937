"""What workers say of their appointment and qualification."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock
from common.refusal import Refused
from common.templatetags.words import day_text
from journal.record import record
from people.models import Qualification, User
from people.permissions import check_can_set_qualification
from people.qualification import first_post_of


@transaction.atomic
def set_qualification(
    *, first_appointed_on: date | None, obtained_on: date | None, by: User
) -> Qualification:
    """Say when one was first appointed, if that was before the posts on record, and when one
    got the qualification. Raises PermissionDenied for somebody who was never a worker; Refused
    at the field for a day to come, and for a first appointment after the first post.
    """
    check_can_set_qualification(by)
    for name, day in (("first_appointed_on", first_appointed_on), ("obtained_on", obtained_on)):
        if day and day > clock.today():
            raise Refused(_("This day is still to come."), field=name)
    began = first_post_of(by)
    if first_appointed_on and began and first_appointed_on > began:
        raise Refused(
            _("By the posts on record you began on %(day)s. Enter an earlier day, or none.")
            % {"day": day_text(began)},
            field="first_appointed_on",
        )
    own, _made = Qualification.objects.update_or_create(
        user=by,
        defaults={"first_appointed_on": first_appointed_on, "obtained_on": obtained_on},
    )
    record("people.qualification_set", by=by, subject=by)
    return own
