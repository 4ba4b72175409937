"""The planner's reasons in words, for the coordinator.

Some name other people's circumstances (kept apart, covering): they are not for members' pages.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def reason_text(reason: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return a reason ("season-plan/1") as a sentence; `names` are the groups' by their ids."""
    code = reason["code"]
    facts = {
        "group": names.get(reason.get("group") or reason.get("previous_group") or "", ""),
        "km": reason.get("km", 0),
        "n": abs(reason.get("more", 0)),
    }
    if code == "misses":
        return _misses(reason["rounds"])
    if code in ("wished_mode", "second_mode"):
        return _mode(code, reason["mode"])
    if code == "next_best":
        return _next_best(reason["more"], facts)
    if code == "no_group_fits":
        return _closed(reason["rules"])
    return _sentences()[code] % facts


def _sentences() -> dict[str, str]:
    return {
        "kept_member": _("Was in this group already."),
        "pinned": _("You set this group."),
        "continuity": _("Goes on with last year's group."),
        "only_group": _("No other group is possible."),
        "nearest_with_room": _("No group with a seat is nearer: %(km)s km there in all."),
        "only_all_dates": _("Only here do all dates suit."),
        "all_dates_fit": _("All dates suit."),
        "apart_kept": _("In %(group)s is somebody to be kept apart."),
        "stand_in_kept": _("%(group)s would call away whoever covers for them too."),
        "nearer_full": _("%(group)s is nearer (%(km)s km) but full."),
        "no_supervisor": _("No supervisor of the season leads groups in this language."),
        "no_place_in_reach": _("No room is near enough, and online does not suit."),
        "too_few_dates": _("Too few of the times suit."),
        "too_few_peers": _("Too few people share the language and the way of meeting."),
        "no_groups": _("No group could be formed."),
        "could_join": _("%(group)s has a seat, but it would cost more than it helps."),
    }


def help_text(reason: Mapping[str, Any]) -> str:
    """Return what would help somebody without a group; "" when nothing is known."""
    if reason["code"] == "no_group_fits":
        rules = reason["rules"]
        return _help_with(max(rules, key=lambda rule: rules[rule]))
    texts = {
        "no_supervisor": _("Name a supervisor who leads groups in this language."),
        "no_place_in_reach": _("Add a room nearer by, or ask whether online would suit."),
        "too_few_dates": _("Make the rounds longer, or ask about weekdays and absences."),
        "too_few_peers": _("Ask whether another way of meeting would suit."),
        "no_groups": _("Name supervisors and rooms, or let more groups be led."),
        "could_join": _("Put them there by hand, or let the planner look longer."),
    }
    return texts.get(reason["code"], "")


def _help_with(rule: str) -> str:
    """What would open the groups that this rule closes."""
    return {
        "H3": _("Let another group be led."),
        "H5": _("Name a supervisor who leads groups in this language."),
        "H6": _("Ask whether another way of meeting would suit."),
        "H7": _("Add a room nearer by, or ask whether online would suit."),
        "H8": _("Make the rounds longer, or ask about weekdays and absences."),
        "H16": _("Add a larger room, or let another group be led."),
        "H20": _("Look at what is locked, and at the wish for other people."),
    }.get(rule, _("Look at who is kept apart and who covers for whom."))


def rule_text(rule: str) -> str:
    """Return what a broken rule of the published problem means."""
    return {
        "H3": _("the group would be full"),
        "H4": _("it is a group of other people"),
        "H5": _("another language"),
        "H6": _("another way of meeting than accepted"),
        "H7": _("too far for somebody"),
        "H8": _("somebody would miss too many dates"),
        "H9": _("somebody is to be kept apart"),
        "H10": _("they cover for each other"),
        "H11": _("whoever covers would be called away at the same time"),
        "H12": _("the supervisor does not lead it or travel there"),
        "H13": _("the supervisor or the room is not free"),
        "H15": _("the supervisor would lead too many groups"),
        "H16": _("the room is too small or not free"),
        "H20": _("what was said of where they may be"),
        "H18": _("the rounds would be too near to each other"),
    }.get(rule, rule)


def _misses(rounds: list[int]) -> str:
    text = ngettext(
        "Cannot come to meeting %(which)s.", "Cannot come to meetings %(which)s.", len(rounds)
    )
    return text % {"which": ", ".join(map(str, rounds))}


def _mode(code: str, mode: str) -> str:
    if code == "wished_mode":
        return _("Meets on site, as wished.") if mode == "onsite" else _("Meets online, as wished.")
    if mode == "onsite":
        return _("Meets on site, though online was wished first.")
    return _("Meets online, though on site was wished first.")


def _next_best(more: int, facts: dict) -> str:
    if more < 0:
        return _("%(group)s would be better by %(n)s points.") % facts
    if more == 0:
        return _("%(group)s would be as good.") % facts
    return _("The next best, %(group)s, would be worse by %(n)s points.") % facts


def _closed(rules: Mapping[str, int]) -> str:
    parts = [
        ngettext("%(why)s: %(n)s group", "%(why)s: %(n)s groups", n)
        % {"why": rule_text(rule), "n": n}
        for rule, n in sorted(rules.items(), key=lambda each: -each[1])
    ]
    return _("No group fits (%(parts)s).") % {"parts": "; ".join(parts)}
