"""What the worker does for supervision. Running twice is harmless."""

from common import clock
from supervision.actions import expire_offer
from supervision.models import Offer
from supervision.workflow import OfferStatus


def expire_offers() -> int:
    """Let every offer lapse whose deadline has passed; return how many did."""
    late = Offer.objects.filter(status=OfferStatus.OFFERED, deadline_at__lte=clock.now())
    return sum(expire_offer(offer) for offer in late)
