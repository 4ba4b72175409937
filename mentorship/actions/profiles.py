"""What consultants say of themselves."""

from collections.abc import Collection

from django.db import transaction

from journal.record import record
from library.models import Topic
from mentorship.models import MentorProfile
from mentorship.permissions import check_can_change_profile
from people.models import User


@transaction.atomic
def change_profile(
    *, topics: Collection[Topic], languages: Collection[str], by: User
) -> MentorProfile:
    """Say which topics one knows best, and in which languages one can be a mentor."""
    check_can_change_profile(by)
    profile, _made = MentorProfile.objects.get_or_create(user=by)
    profile.languages = sorted(languages)
    profile.save()
    profile.topics.set(topics)
    record("mentorship.profile_changed", by=by, subject=by)
    return profile
