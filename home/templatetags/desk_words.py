"""How the desk words what waits; only templates/home loads it."""

from django import template

from common import clock
from common.waiting import WaitingItem
from home.wording import Due, due_of


register = template.Library()


@register.filter
def due_words(item: WaitingItem) -> Due:
    return due_of(item, clock.today())
