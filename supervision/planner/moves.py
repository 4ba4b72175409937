"""Small changes of a plan. A move leaves a plan that keeps the rules, with its cost right, or
changes nothing. `heat` says how much worse a plan may become.
"""

from supervision.planner.costs import accepts_change, draw, reprice
from supervision.planner.instance import NONE, ONSITE
from supervision.planner.layout import (
    CONTINUED_BY,
    MOST_SLOTS,
    NAME,
    PEOPLE,
    PLACE,
    PLACES,
    ROOM,
    SLOT,
    SUPERVISOR,
    SUPERVISORS,
    TOTAL,
    W_UNPLACED,
    compiled,
    continued_by,
    group_kind,
    group_mode,
    group_name,
    group_of,
    group_size,
    group_supervisor,
    has_fixed_meetings,
    has_fixed_name,
    has_fixed_supervisor,
    kept_in,
    meeting_place,
    meeting_slot,
    member,
    most_groups,
    name_kind,
    person_kind,
    previous_of,
    slot_of_round,
)
from supervision.planner.replanning import exchange, improve_plan
from supervision.planner.rules import (
    groups_of,
    keeps_name,
    may_join,
    may_shrink,
    members_fit,
    put_in,
    seats_of,
    stands,
    supervisor_fits,
    take_out,
)


@compiled
def relocate(F, S, p, g, heat):
    """Try somebody in another group, or, with g NONE, in none."""
    h = group_of(F, S, p)
    if g == h or kept_in(F, p) != NONE:
        return False
    if h != NONE and (not may_shrink(F, S, h)):
        return False
    if g != NONE and (group_size(F, S, g) >= seats_of(F, S, g) or not may_join(F, S, p, g)):
        return False
    before = S[TOTAL]
    if h != NONE:
        take_out(F, S, p, h)
        if not keeps_name(F, S, h):
            put_in(F, S, p, h)
            return False
        reprice(F, S, h)
        S[TOTAL] += F[W_UNPLACED]
    if g != NONE:
        put_in(F, S, p, g)
        reprice(F, S, g)
        S[TOTAL] -= F[W_UNPLACED]
    if accepts_change(S, S[TOTAL] - before, heat):
        return True
    if g != NONE:
        take_out(F, S, p, g)
        reprice(F, S, g)
    if h != NONE:
        put_in(F, S, p, h)
        reprice(F, S, h)
    S[TOTAL] = before
    return False


@compiled
def swap(F, S, p, q, heat):
    """Try two people of two groups in each other's place; q may be in no group."""
    g, h = (group_of(F, S, p), group_of(F, S, q))
    if g in (h, NONE) or kept_in(F, p) != NONE or kept_in(F, q) != NONE:
        return False
    before = S[TOTAL]
    take_out(F, S, p, g)
    if h != NONE:
        take_out(F, S, q, h)
    good = may_join(F, S, q, g)
    if good:
        put_in(F, S, q, g)
        if h != NONE:
            good = may_join(F, S, p, h)
            if good:
                put_in(F, S, p, h)
                good = keeps_name(F, S, h)
        good = good and keeps_name(F, S, g)
    if good:
        reprice(F, S, g)
        if h != NONE:
            reprice(F, S, h)
        if accepts_change(S, S[TOTAL] - before, heat):
            return True
    if group_of(F, S, q) == g:
        take_out(F, S, q, g)
    if h != NONE:
        if group_of(F, S, p) == h:
            take_out(F, S, p, h)
        put_in(F, S, q, h)
        reprice(F, S, h)
    put_in(F, S, p, g)
    reprice(F, S, g)
    S[TOTAL] = before
    return False


@compiled
def change_slot(F, S, g, r, t, heat):
    old, before = (meeting_slot(F, S, g, r), S[TOTAL])
    if t == old:
        return False
    S[F[SLOT] + 3 * g + r] = t
    if stands(F, S, g):
        reprice(F, S, g)
        if accepts_change(S, S[TOTAL] - before, heat):
            return True
    S[F[SLOT] + 3 * g + r] = old
    reprice(F, S, g)
    return False


@compiled
def change_place(F, S, g, r, q, heat):
    """Try another place in one round, or, with r NONE, in all."""
    before = S[TOTAL]
    old0, old1, old2 = (
        meeting_place(F, S, g, 0),
        meeting_place(F, S, g, 1),
        meeting_place(F, S, g, 2),
    )
    if r == NONE:
        (
            S[F[PLACE] + 3 * g + 0],
            S[F[PLACE] + 3 * g + 1],
            S[F[PLACE] + 3 * g + 2],
        ) = (q, q, q)
    else:
        S[F[PLACE] + 3 * g + r] = q
    if stands(F, S, g):
        reprice(F, S, g)
        if accepts_change(S, S[TOTAL] - before, heat):
            return True
    (
        S[F[PLACE] + 3 * g + 0],
        S[F[PLACE] + 3 * g + 1],
        S[F[PLACE] + 3 * g + 2],
    ) = (old0, old1, old2)
    reprice(F, S, g)
    return False


@compiled
def change_supervisor(F, S, g, s):
    """Another supervisor costs nothing, but frees the time of the first."""
    old = group_supervisor(F, S, g)
    if s == old or groups_of(F, S, s) >= most_groups(F, s):
        return False
    S[F[SUPERVISOR] + g] = s
    if supervisor_fits(F, S, g):
        return True
    S[F[SUPERVISOR] + g] = old
    return False


@compiled
def change_name(F, S, g, name, heat):
    """Try to let a group continue another previous group, or none; who does so now loses it."""
    old, before = (group_name(F, S, g), S[TOTAL])
    if name == old or (name != NONE and name_kind(F, name) != group_kind(F, S, g)):
        return False
    other = continued_by(F, S, name) if name != NONE else NONE
    if other != NONE and has_fixed_name(F, other):
        return False
    if other != NONE:
        S[F[NAME] + other] = NONE
    S[F[NAME] + g] = name
    good = keeps_name(F, S, g) and members_fit(F, S, g)
    if good and other != NONE:
        good = members_fit(F, S, other)
    if good:
        reprice(F, S, g)
        if other != NONE:
            reprice(F, S, other)
        if accepts_change(S, S[TOTAL] - before, heat):
            if old != NONE:
                S[F[CONTINUED_BY] + old] = NONE
            if name != NONE:
                S[F[CONTINUED_BY] + name] = g
            return True
    S[F[NAME] + g] = old
    reprice(F, S, g)
    if other != NONE:
        S[F[NAME] + other] = name
        reprice(F, S, other)
    S[TOTAL] = before
    return False


@compiled
def any_member(F, S, g):
    return member(F, S, g, draw(S, group_size(F, S, g))) if group_size(F, S, g) > 0 else NONE


@compiled
def random_slot(F, S, r):
    n = 0
    while n < F[MOST_SLOTS] and slot_of_round(F, r, n) != NONE:
        n += 1
    return slot_of_round(F, r, draw(S, n)) if n > 0 else NONE


@compiled
def somebody(F, S, near, number):
    """Return anybody, mostly a member of one of the groups nearby: others rarely fit."""
    if draw(S, 100) < 70:
        g = near[draw(S, number)]
        if group_kind(F, S, g) != NONE and group_size(F, S, g) > 0:
            return any_member(F, S, g)
    return draw(S, F[PEOPLE])


@compiled
def random_move(F, S, near, number, heat):
    """Try one small change of one of the groups that are `near` each other, so many."""
    g = near[draw(S, number)]
    if group_kind(F, S, g) == NONE:
        return False
    if draw(S, 100) < 6:
        luck = draw(S, 3)
        if luck == 0:
            return improve_plan(F, S, g, heat)
        p = somebody(F, S, near, number)
        q = any_member(F, S, g) if luck == 1 else NONE
        return person_kind(F, p) == group_kind(F, S, g) and exchange(F, S, p, q, g, heat)
    what = draw(S, 100)
    if what < 40:
        p = any_member(F, S, g)
        q = somebody(F, S, near, number)
        if p == NONE or person_kind(F, q) != group_kind(F, S, g):
            return False
        if what < 18:
            return relocate(F, S, q, g, heat)
        return swap(F, S, p, q, heat)
    if what < 50:
        h = near[draw(S, number)] if draw(S, 100) < 70 else draw(S, F[ROOM])
        p = any_member(F, S, g)
        if p == NONE or group_kind(F, S, h) != group_kind(F, S, g):
            return False
        return relocate(F, S, p, h, heat)
    if what < 54:
        p = any_member(F, S, g)
        if p == NONE:
            return False
        if previous_of(F, p) == NONE or has_fixed_name(F, g):
            return False
        return change_name(F, S, g, previous_of(F, p), heat)
    if has_fixed_meetings(F, g):
        return False
    if what < 74:
        r = draw(S, 3)
        t = random_slot(F, S, r)
        return t != NONE and change_slot(F, S, g, r, t, heat)
    if what < 94:
        if group_mode(F, S, g) != ONSITE:
            return False
        q = draw(S, F[PLACES])
        return change_place(F, S, g, draw(S, 3) if what < 88 else NONE, q, heat)
    if has_fixed_supervisor(F, g):
        return False
    return change_supervisor(F, S, g, draw(S, F[SUPERVISORS]))
