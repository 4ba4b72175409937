"""The hard rules H2–H20, as the compiled search asks them.

`F` are the facts, `S` is the plan (`layout`).
"""

from supervision.planner.costs import missed_of
from supervision.planner.instance import NONE, ONSITE
from supervision.planner.layout import (
    CONTINUED_BY,
    COST,
    DAYS_BETWEEN,
    FIRST_NEW,
    GROUP_OF,
    KIND,
    MAX_MISSED,
    MEMBERS,
    NAME,
    PAUSE,
    ROOM,
    SEATS,
    SIZE,
    SUPERVISOR,
    TOTAL,
    W_UNPLACED,
    accepts,
    apart_at,
    apart_entry,
    ban_group,
    ban_name,
    compiled,
    cost_of,
    cover_at,
    cover_entry,
    day_of,
    gap,
    goes_to,
    group_kind,
    group_language,
    group_mode,
    group_name,
    group_of,
    group_size,
    group_supervisor,
    has_fixed_name,
    is_available,
    is_near,
    is_open,
    is_past,
    is_settled,
    kept_in,
    largest,
    meeting_place,
    meeting_slot,
    member,
    person_kind,
    pin_group,
    pin_name,
    place_seats,
    previous_of,
    smallest,
    speaks,
    takes,
    travel,
)


@compiled
def dates_fit(F, S, p, g):
    """H8."""
    ahead = 0
    for r in range(3):
        if not is_past(F, meeting_slot(F, S, g, r)):
            ahead += 1
    return ahead - missed_of(F, S, p, g) >= max(1, ahead - F[MAX_MISSED])


@compiled
def lock_fits(F, S, p, g):
    """H20, for somebody who is not a kept member here."""
    if kept_in(F, p) != NONE:
        return False
    if pin_group(F, p) != NONE and pin_group(F, p) != g:
        return False
    if pin_name(F, p) != NONE and pin_name(F, p) != group_name(F, S, g):
        return False
    if g < F[FIRST_NEW] and ban_group(F, p, g):
        return False
    return group_name(F, S, g) == NONE or not ban_name(F, p, group_name(F, S, g))


@compiled
def person_fits(F, S, p, g):
    """H4–H8 and H20: what is between one person and a group, whoever else is in it."""
    if (
        person_kind(F, p) != group_kind(F, S, g)
        or not speaks(F, p, group_language(F, S, g))
        or (not accepts(F, p, group_mode(F, S, g)))
    ):
        return False
    if not lock_fits(F, S, p, g):
        return False
    if group_mode(F, S, g) == ONSITE:
        for r in range(3):
            if not is_past(F, meeting_slot(F, S, g, r)) and (
                not is_near(F, p, meeting_place(F, S, g, r))
            ):
                return False
    return dates_fit(F, S, p, g)


@compiled
def cover_fits(F, S, p, g):
    """H10 and H11: nobody is called away together with who covers for them."""
    for i in range(cover_at(F, p), cover_at(F, p + 1)):
        h = group_of(F, S, cover_entry(F, i))
        if h == NONE:
            continue
        if h == g:
            return False
        if meetings_overlap(F, S, g, h):
            return False
    return True


@compiled
def meetings_overlap(F, S, g, h):
    for a in range(3):
        t = meeting_slot(F, S, g, a)
        if t == NONE or is_past(F, t):
            continue
        for b in range(3):
            u = meeting_slot(F, S, h, b)
            if u != NONE and (not is_past(F, u)) and (gap(F, t, u) < 0):
                return True
    return False


@compiled
def seats_of(F, S, g):
    """Return how many members a group may have: H3 and H16."""
    seats = largest(F, group_kind(F, S, g))
    if group_mode(F, S, g) == ONSITE:
        for r in range(3):
            if not is_past(F, meeting_slot(F, S, g, r)):
                seats = min(seats, place_seats(F, meeting_place(F, S, g, r)))
    return seats


@compiled
def may_join(F, S, p, g):
    """Say whether the rules let a person into a group that has a seat for them."""
    if not person_fits(F, S, p, g):
        return False
    for i in range(apart_at(F, p), apart_at(F, p + 1)):
        if group_of(F, S, apart_entry(F, i)) == g:
            return False
    return cover_fits(F, S, p, g)


@compiled
def is_apart(F, S, p, g):
    for i in range(apart_at(F, p), apart_at(F, p + 1)):
        if group_of(F, S, apart_entry(F, i)) == g:
            return True
    for i in range(cover_at(F, p), cover_at(F, p + 1)):
        if group_of(F, S, cover_entry(F, i)) == g:
            return True
    return False


@compiled
def put_in(F, S, p, g):
    S[F[MEMBERS] + F[SEATS] * g + group_size(F, S, g)] = p
    S[F[SIZE] + g] += 1
    S[F[GROUP_OF] + p] = g


@compiled
def take_out(F, S, p, g):
    last = group_size(F, S, g) - 1
    for i in range(group_size(F, S, g)):
        if member(F, S, g, i) == p:
            S[F[MEMBERS] + F[SEATS] * g + i] = member(F, S, g, last)
            break
    S[F[MEMBERS] + F[SEATS] * g + last] = NONE
    S[F[SIZE] + g] = last
    S[F[GROUP_OF] + p] = NONE


@compiled
def may_shrink(F, S, g):
    """Say whether a group may lose a member: H3, and that no group is empty."""
    if g < F[FIRST_NEW]:
        return group_size(F, S, g) > 1
    return group_size(F, S, g) > max(1, smallest(F, group_kind(F, S, g)))


@compiled
def keeps_name(F, S, g):
    """H19: whether somebody from the continued group is there, for a name we gave it."""
    if group_name(F, S, g) == NONE or has_fixed_name(F, g):
        return True
    for i in range(group_size(F, S, g)):
        if previous_of(F, member(F, S, g, i)) == group_name(F, S, g):
            return True
    return False


@compiled
def days_fit(F, S, g):
    """H18."""
    for r in range(2):
        if (
            day_of(F, meeting_slot(F, S, g, r + 1)) - day_of(F, meeting_slot(F, S, g, r))
            < F[DAYS_BETWEEN]
        ):
            return False
    return True


@compiled
def supervisor_fits(F, S, g):
    """H12–H14."""
    s = group_supervisor(F, S, g)
    if not takes(F, s, group_kind(F, S, g), group_language(F, S, g)):
        return False
    for r in range(3):
        t = meeting_slot(F, S, g, r)
        if is_past(F, t):
            continue
        if not is_available(F, s, t):
            return False
        if group_mode(F, S, g) == ONSITE and (not goes_to(F, s, meeting_place(F, S, g, r))):
            return False
    for h in range(F[ROOM]):
        if h == g or group_kind(F, S, h) == NONE or group_supervisor(F, S, h) != s:
            continue
        for a in range(3):
            t = meeting_slot(F, S, g, a)
            if is_past(F, t):
                continue
            for b in range(3):
                u = meeting_slot(F, S, h, b)
                if u == NONE or is_past(F, u):
                    continue
                need = F[PAUSE]
                if group_mode(F, S, g) == ONSITE and group_mode(F, S, h) == ONSITE:
                    need += travel(F, meeting_place(F, S, g, a), meeting_place(F, S, h, b))
                if gap(F, t, u) < need:
                    return False
    return True


@compiled
def places_fit(F, S, g):
    """H16 and H17."""
    if group_mode(F, S, g) != ONSITE:
        return True
    crowded = group_size(F, S, g) > max(0, seats_of(F, S, g))
    if crowded and (not all_kept(F, S, g) or over_room(F, S, g)):
        return False
    for r in range(3):
        if not is_past(F, meeting_slot(F, S, g, r)) and (
            not is_open(F, meeting_place(F, S, g, r), meeting_slot(F, S, g, r))
        ):
            return False
    for h in range(F[ROOM]):
        if h == g or group_kind(F, S, h) == NONE or group_mode(F, S, h) != ONSITE:
            continue
        for a in range(3):
            t = meeting_slot(F, S, g, a)
            if is_past(F, t):
                continue
            for b in range(3):
                u = meeting_slot(F, S, h, b)
                if u == NONE or is_past(F, u):
                    continue
                if meeting_place(F, S, g, a) == meeting_place(F, S, h, b) and gap(F, t, u) < 0:
                    return False
    return True


@compiled
def over_room(F, S, g):
    for r in range(3):
        if not is_past(F, meeting_slot(F, S, g, r)) and group_size(F, S, g) > place_seats(
            F, meeting_place(F, S, g, r)
        ):
            return True
    return False


@compiled
def all_kept(F, S, g):
    for i in range(group_size(F, S, g)):  # noqa: SIM110 (numba compiles no generators)
        if kept_in(F, member(F, S, g, i)) != g:
            return False
    return True


@compiled
def members_fit(F, S, g):
    """H4–H11 and H20 for the members as they are; who was kept is not judged again."""
    for i in range(group_size(F, S, g)):
        p = member(F, S, g, i)
        if kept_in(F, p) == g:
            for j in range(cover_at(F, p), cover_at(F, p + 1)):
                q = cover_entry(F, j)
                h = group_of(F, S, q)
                settled = is_settled(F, g) and h != NONE and is_settled(F, h)
                if h in (NONE, g) or (settled and kept_in(F, q) == h):
                    continue
                if meetings_overlap(F, S, g, h):
                    return False
            continue
        if not person_fits(F, S, p, g) or not cover_fits(F, S, p, g):
            return False
    return True


@compiled
def stands(F, S, g):
    """Say whether a group whose time, place, supervisor or name was changed keeps the rules."""
    return (
        days_fit(F, S, g)
        and supervisor_fits(F, S, g)
        and places_fit(F, S, g)
        and members_fit(F, S, g)
    )


@compiled
def date_stands(F, S, g, r, t):
    """H13, H14, H16 (closed), H17 for one meeting of a group."""
    s = group_supervisor(F, S, g)
    onsite = group_mode(F, S, g) == ONSITE
    place = meeting_place(F, S, g, r)
    if not is_available(F, s, t) or (onsite and (not is_open(F, place, t))):
        return False
    for h in range(F[ROOM]):
        if h == g or group_kind(F, S, h) == NONE:
            continue
        same = group_supervisor(F, S, h) == s
        both = onsite and group_mode(F, S, h) == ONSITE
        if not same and (not both):
            continue
        for b in range(3):
            u = meeting_slot(F, S, h, b)
            if u == NONE or is_past(F, u):
                continue
            if both and meeting_place(F, S, h, b) == place and (gap(F, t, u) < 0):
                return False
            if same:
                need = F[PAUSE] + (travel(F, place, meeting_place(F, S, h, b)) if both else 0)
                if gap(F, t, u) < need:
                    return False
    return True


@compiled
def covers_work(F, S, g, t):
    """H11 for one date of a group."""
    for k in range(group_size(F, S, g)):
        p = member(F, S, g, k)
        for j in range(cover_at(F, p), cover_at(F, p + 1)):
            h = group_of(F, S, cover_entry(F, j))
            if h in (NONE, g):
                continue
            for b in range(3):
                u = meeting_slot(F, S, h, b)
                if u != NONE and (not is_past(F, u)) and (gap(F, t, u) < 0):
                    return False
    return True


@compiled
def groups_of(F, S, s):
    number = 0
    for g in range(F[ROOM]):
        if group_kind(F, S, g) != NONE and group_supervisor(F, S, g) == s:
            number += 1
    return number


@compiled
def empty_group(F, S, g):
    """Take a new group away; its members are placed nowhere."""
    for i in range(group_size(F, S, g)):
        S[F[GROUP_OF] + member(F, S, g, i)] = NONE
        S[F[MEMBERS] + F[SEATS] * g + i] = NONE
    S[TOTAL] += F[W_UNPLACED] * group_size(F, S, g) - cost_of(F, S, g)
    if group_name(F, S, g) != NONE:
        S[F[CONTINUED_BY] + group_name(F, S, g)] = NONE
    S[F[KIND] + g] = NONE
    S[F[SUPERVISOR] + g] = NONE
    S[F[NAME] + g] = NONE
    S[F[SIZE] + g] = 0
    S[F[COST] + g] = 0
