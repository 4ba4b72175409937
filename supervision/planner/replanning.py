"""The best dates and places for a group as it is, and people who come with new dates."""

import numpy as np

from supervision.planner.costs import accepts_change, draw, reprice
from supervision.planner.instance import NONE, ONLINE
from supervision.planner.layout import (
    DAYS_BETWEEN,
    MAX_MISSED,
    MOST_SLOTS,
    PLACE,
    PLACES,
    SLOT,
    TOTAL,
    W_FAIRNESS,
    W_KM,
    W_UNPLACED,
    accepts,
    compiled,
    day_of,
    goes_to,
    group_kind,
    group_language,
    group_mode,
    group_of,
    group_size,
    group_supervisor,
    has_fixed_meetings,
    is_free,
    is_near,
    kept_in,
    km_to,
    largest,
    meeting_place,
    meeting_slot,
    member,
    person_kind,
    place_seats,
    slot_of_round,
    speaks,
)
from supervision.planner.rules import (
    cover_fits,
    covers_work,
    date_stands,
    is_apart,
    keeps_name,
    lock_fits,
    may_shrink,
    person_fits,
    put_in,
    seats_of,
    take_out,
)


@compiled
def retime(F, S, g):
    """Give a group the three dates that cost least for its members, of all there are.

    Looks at every three that keep the rules; changes nothing and returns False when there are
    none. For groups of up to 60 whose dates are ours to choose.
    """
    size = group_size(F, S, g)
    if size > 60 or has_fixed_meetings(F, g):
        return False
    most = F[MOST_SLOTS]
    away = np.zeros((3, most), dtype=np.int64)
    bad = np.zeros((3, most), dtype=np.int64)
    which = np.full((3, most), NONE)
    number = np.zeros(3, dtype=np.int64)
    for r in range(3):
        for i in range(most):
            t = slot_of_round(F, r, i)
            if t == NONE:
                break
            if not date_stands(F, S, g, r, t) or not covers_work(F, S, g, t):
                continue
            n = number[r]
            which[r, n] = t
            for k in range(size):
                p = member(F, S, g, k)
                if not is_free(F, p, t):
                    bad[r, n] += 1
                    if kept_in(F, p) != g:
                        away[r, n] |= np.int64(1) << k
            number[r] += 1
        if number[r] == 0:
            return False
    allowed = 3 - max(1, 3 - F[MAX_MISSED])
    best, found0, found1, found2 = (np.int64(1 << 40), NONE, NONE, NONE)
    ties = 1
    for a in range(number[0]):
        if bad[0, a] >= best or (allowed == 0 and away[0, a] != 0):
            continue
        day = day_of(F, which[0, a])
        for b in range(number[1]):
            two = bad[0, a] + bad[1, b]
            if two >= best or day_of(F, which[1, b]) - day < F[DAYS_BETWEEN]:
                continue
            both = away[0, a] & away[1, b]
            if allowed == 0 and away[1, b] != 0 or (allowed == 1 and both != 0):
                continue
            either = away[0, a] | away[1, b]
            later = day_of(F, which[1, b])
            for c in range(number[2]):
                three = two + bad[2, c]
                if three > best or day_of(F, which[2, c]) - later < F[DAYS_BETWEEN]:
                    continue
                third = away[2, c]
                if allowed == 0:
                    if third != 0:
                        continue
                elif allowed == 1:
                    if either & third != 0:
                        continue
                elif both & third != 0:
                    continue
                if three == best:
                    ties += 1
                    if draw(S, ties) != 0:
                        continue
                else:
                    ties = 1
                best, found0, found1, found2 = (three, which[0, a], which[1, b], which[2, c])
    if found0 == NONE:
        return False
    (
        S[F[SLOT] + 3 * g + 0],
        S[F[SLOT] + 3 * g + 1],
        S[F[SLOT] + 3 * g + 2],
    ) = (found0, found1, found2)
    return True


@compiled
def replan(F, S, g):
    """Give a group the three places that cost its members least, with dates that keep the rules.

    Looks at all threes of the few places nearest to all members. Changes nothing and returns
    False when none of the best is possible.
    """
    if has_fixed_meetings(F, g):
        return False
    if group_mode(F, S, g) == ONLINE:
        return retime(F, S, g)
    few = min(6, F[PLACES])
    near = np.full(few, NONE)
    sums = np.full(few, np.int64(1 << 40))
    for q in range(F[PLACES]):
        if place_seats(F, q) < group_size(F, S, g) or not goes_to(F, group_supervisor(F, S, g), q):
            continue
        score, good = (np.int64(0), True)
        for k in range(group_size(F, S, g)):
            p = member(F, S, g, k)
            if kept_in(F, p) != g and (not is_near(F, p, q)):
                good = False
                break
            score += km_to(F, p, q)
        if not good:
            continue
        for i in range(few):
            if score < sums[i]:
                for j in range(few - 1, i, -1):
                    sums[j], near[j] = (sums[j - 1], near[j - 1])
                sums[i], near[i] = (score, q)
                break
    while few > 0 and near[few - 1] == NONE:
        few -= 1
    if few == 0:
        return False
    threes = few * (few + 1) * (few + 2) // 6
    cost = np.empty(threes, dtype=np.int64)
    which = np.empty((threes, 3), dtype=np.int64)
    n = 0
    for a in range(few):
        for b in range(a, few):
            for c in range(b, few):
                farthest = np.int64(0)
                for k in range(group_size(F, S, g)):
                    p = member(F, S, g, k)
                    km = km_to(F, p, near[a]) + km_to(F, p, near[b]) + km_to(F, p, near[c])
                    farthest = max(farthest, km)
                cost[n] = F[W_KM] * (sums[a] + sums[b] + sums[c]) + F[W_FAIRNESS] * farthest
                which[n, 0], which[n, 1], which[n, 2] = (near[a], near[b], near[c])
                n += 1
    order = np.argsort(cost)
    old0, old1, old2 = (
        meeting_place(F, S, g, 0),
        meeting_place(F, S, g, 1),
        meeting_place(F, S, g, 2),
    )
    for i in range(min(n, 4)):
        three = which[order[i]]
        turn = draw(S, 3)
        for r in range(3):
            S[F[PLACE] + 3 * g + r] = three[(r + turn) % 3]
        if retime(F, S, g):
            return True
    (
        S[F[PLACE] + 3 * g + 0],
        S[F[PLACE] + 3 * g + 1],
        S[F[PLACE] + 3 * g + 2],
    ) = (old0, old1, old2)
    return False


@compiled
def remember(F, S, g, plan):
    for r in range(3):
        plan[r], plan[3 + r] = (meeting_slot(F, S, g, r), meeting_place(F, S, g, r))


@compiled
def recall(F, S, g, plan):
    for r in range(3):
        S[F[SLOT] + 3 * g + r], S[F[PLACE] + 3 * g + r] = (plan[r], plan[3 + r])


@compiled
def improve_plan(F, S, g, heat):
    """Try the best places and dates for a group as it is."""
    if has_fixed_meetings(F, g) or group_size(F, S, g) == 0:
        return False
    plan = np.empty(6, dtype=np.int64)
    before = S[TOTAL]
    remember(F, S, g, plan)
    if replan(F, S, g):
        reprice(F, S, g)
        if accepts_change(S, S[TOTAL] - before, heat):
            return True
    recall(F, S, g, plan)
    reprice(F, S, g)
    return False


@compiled
def exchange(F, S, p, q, g, heat):
    """Try p in g instead of q (or, q NONE, beside the others), with new places and dates for
    both groups; q takes the place of p.
    """
    h = group_of(F, S, p)
    if (
        h == g
        or kept_in(F, p) != NONE
        or (q != NONE and kept_in(F, q) != NONE)
        or has_fixed_meetings(F, g)
    ):
        return False
    if (
        person_kind(F, p) != group_kind(F, S, g)
        or not speaks(F, p, group_language(F, S, g))
        or (not accepts(F, p, group_mode(F, S, g)))
    ):
        return False
    if not lock_fits(F, S, p, g):
        return False
    if h != NONE:
        if q == NONE and (not may_shrink(F, S, h)):
            return False
        if q != NONE:
            if not speaks(F, q, group_language(F, S, h)) or not accepts(F, q, group_mode(F, S, h)):
                return False
            if not lock_fits(F, S, q, h):
                return False
    if q == NONE and group_size(F, S, g) >= largest(F, group_kind(F, S, g)):
        return False
    before = S[TOTAL]
    plan, other = (np.empty(6, dtype=np.int64), np.empty(6, dtype=np.int64))
    remember(F, S, g, plan)
    if h != NONE:
        remember(F, S, h, other)
        take_out(F, S, p, h)
    if q != NONE:
        take_out(F, S, q, g)
    good = not is_apart(F, S, p, g)
    if good:
        put_in(F, S, p, g)
        good = replan(F, S, g) and keeps_name(F, S, g)
    if good and h != NONE:
        if q != NONE:
            good = not is_apart(F, S, q, h)
            if good:
                put_in(F, S, q, h)
                if not person_fits(F, S, q, h) or not cover_fits(F, S, q, h):
                    good = replan(F, S, h)
                if good and group_size(F, S, h) > seats_of(F, S, h):
                    good = False
        good = good and keeps_name(F, S, h)
    if good:
        reprice(F, S, g)
        if h != NONE:
            reprice(F, S, h)
        if h == NONE and q == NONE:
            S[TOTAL] -= F[W_UNPLACED]
        if accepts_change(S, S[TOTAL] - before, heat):
            return True
    if group_of(F, S, p) == g:
        take_out(F, S, p, g)
    if q != NONE:
        if h != NONE and group_of(F, S, q) == h:
            take_out(F, S, q, h)
        put_in(F, S, q, g)
    recall(F, S, g, plan)
    reprice(F, S, g)
    if h != NONE:
        put_in(F, S, p, h)
        recall(F, S, h, other)
        reprice(F, S, h)
    S[TOTAL] = before
    return False
