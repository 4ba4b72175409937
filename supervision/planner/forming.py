"""Making groups of those who wait, and seating whoever is left."""

import numpy as np

from supervision.planner.costs import chance, draw, group_cost, reprice, shuffle
from supervision.planner.instance import NONE, ONSITE
from supervision.planner.layout import (
    CONTINUED_BY,
    COST,
    DAYS_BETWEEN,
    FIRST_NEW,
    KIND,
    LANGUAGE,
    LANGUAGES,
    MAY_FORM,
    MODE,
    MOST_SLOTS,
    NAME,
    PEOPLE,
    PLACE,
    PLACES,
    ROOM,
    SIZE,
    SLOT,
    SUPERVISOR,
    SUPERVISORS,
    TOTAL,
    W_CONTINUITY,
    W_OTHER,
    W_UNPLACED,
    accepts,
    compiled,
    continued_by,
    cost_of,
    day_of,
    goes_to,
    group_kind,
    group_of,
    group_size,
    is_free,
    is_near,
    kept_in,
    km_to,
    largest,
    meeting_slot,
    most_groups,
    name_kind,
    person_kind,
    previous_of,
    slot_of_round,
    smallest,
    speaks,
    takes,
    wanted_size,
    wish,
)
from supervision.planner.rules import (
    date_stands,
    empty_group,
    groups_of,
    keeps_name,
    may_join,
    put_in,
    seats_of,
    take_out,
)


@compiled
def free_group(F, S):
    if not F[MAY_FORM]:
        return NONE
    for g in range(F[FIRST_NEW], F[ROOM]):
        if group_kind(F, S, g) == NONE:
            return g
    return NONE


@compiled
def choose_dates(F, S, g, likely, number):
    """Find three dates for a group whose kind, language, mode, places and supervisor stand; those
    at which most of the `likely` members are free. Dates of a given group stay.
    """
    for r in range(3):
        S[F[SLOT] + 3 * g + r] = NONE
    for r in range(3):
        best, found = (np.int64(1 << 40), NONE)
        for i in range(F[MOST_SLOTS]):
            t = slot_of_round(F, r, i)
            if t == NONE:
                break
            if r > 0 and day_of(F, t) - day_of(F, meeting_slot(F, S, g, r - 1)) < F[DAYS_BETWEEN]:
                continue
            if not date_stands(F, S, g, r, t):
                continue
            away = np.int64(0)
            for j in range(number):
                if not is_free(F, likely[j], t):
                    away += 1
            score = away * 1000 + draw(S, 1500)
            if score < best:
                best, found = (score, t)
        if found == NONE:
            return False
        S[F[SLOT] + 3 * g + r] = found
    return True


@compiled
def choose_place(F, S, seed, waiting, number, scratch, wanted):
    """Return a place for people near somebody: one of those that cost the likely members least."""
    best = np.full(3, np.int64(1 << 40))
    which = np.full(3, NONE)
    for q in range(F[PLACES]):
        if not is_near(F, seed, q):
            continue
        n = 0
        for i in range(number):
            p = waiting[i]
            if is_near(F, p, q):
                scratch[n] = km_to(F, p, q)
                n += 1
        if n == 0:
            continue
        ordered = np.sort(scratch[:n])
        score = np.int64(0)
        for i in range(wanted):
            score += ordered[i] if i < n else 100
        for k in range(3):
            if score < best[k]:
                for j in range(2, k, -1):
                    best[j], which[j] = (best[j - 1], which[j - 1])
                best[k], which[k] = (score, q)
                break
    n = 0
    while n < 3 and which[n] != NONE:
        n += 1
    if n == 0:
        return NONE
    luck = draw(S, 10)
    return which[0] if luck < 6 or n == 1 else which[1] if luck < 9 or n == 2 else which[2]


@compiled
def form_group(F, S, waiting, number):
    """Make one new group of some of those who wait; return it, or NONE."""
    g = free_group(F, S)
    if g == NONE or number == 0 or F[LANGUAGES] == 0 or F[SUPERVISORS] == 0:
        return NONE
    seed = waiting[draw(S, number)]
    kind = person_kind(F, seed)
    mode = wish(F, seed)
    if mode == NONE:
        return NONE
    if chance(S) < 0.15 and accepts(F, seed, 1 - mode):
        mode = 1 - mode
    languages = F[LANGUAGES]
    language = draw(S, languages)
    for _try in range(languages):
        if speaks(F, seed, language):
            break
        language = (language + 1) % languages
    if not speaks(F, seed, language):
        return NONE
    likely = np.empty(number, dtype=np.int64)
    n = 0
    for i in range(number):
        p = waiting[i]
        if person_kind(F, p) == kind and speaks(F, p, language) and accepts(F, p, mode):
            likely[n] = p
            n += 1
    if n < max(1, smallest(F, kind)):
        return NONE
    wanted = min(wanted_size(F, kind), largest(F, kind))
    place0 = place1 = place2 = NONE
    score = np.zeros(n, dtype=np.int64)
    if mode == ONSITE:
        scratch = np.empty(n, dtype=np.int64)
        place0 = choose_place(F, S, seed, likely[:n], n, scratch, wanted)
        if place0 == NONE:
            return NONE
        place1 = place2 = place0
        if chance(S) < 0.3:
            other = choose_place(F, S, seed, likely[:n], n, scratch, wanted)
            place1 = other if other != NONE else place0
        for i in range(n):
            p = likely[i]
            score[i] = km_to(F, p, place0) + km_to(F, p, place1) + km_to(F, p, place2)
            if not (is_near(F, p, place0) and is_near(F, p, place1) and is_near(F, p, place2)):
                score[i] = 1 << 30
    name = NONE
    old = previous_of(F, seed)
    if chance(S) < 0.7 and old != NONE and continued_by(F, S, old) == NONE:
        name = old if name_kind(F, old) == kind else NONE
    for i in range(n):
        p = likely[i]
        if wish(F, p) != mode:
            score[i] += F[W_OTHER]
        if previous_of(F, p) != NONE and previous_of(F, p) != name:
            score[i] += F[W_CONTINUITY]
        score[i] = score[i] * 8 + draw(S, 200)
    order = np.argsort(score)
    ordered = likely[:n][order]
    S[F[KIND] + g], S[F[LANGUAGE] + g], S[F[MODE] + g] = (kind, language, mode)
    S[F[NAME] + g], S[F[SIZE] + g], S[F[COST] + g] = (NONE, 0, 0)
    (
        S[F[PLACE] + 3 * g + 0],
        S[F[PLACE] + 3 * g + 1],
        S[F[PLACE] + 3 * g + 2],
    ) = (place0, place1, place2)
    first = draw(S, F[SUPERVISORS])
    good = False
    for i in range(F[SUPERVISORS]):
        s = (first + i) % F[SUPERVISORS]
        S[F[SUPERVISOR] + g] = NONE
        if not takes(F, s, kind, language) or groups_of(F, S, s) >= most_groups(F, s):
            continue
        if mode == ONSITE and (
            not (goes_to(F, s, place0) and goes_to(F, s, place1) and goes_to(F, s, place2))
        ):
            continue
        S[F[SUPERVISOR] + g] = s
        if choose_dates(F, S, g, ordered, min(n, wanted)):
            good = True
            break
    if good:
        if name != NONE:
            S[F[NAME] + g] = name
            S[F[CONTINUED_BY] + name] = g
        if may_join(F, S, seed, g) and seats_of(F, S, g) > 0:
            put_in(F, S, seed, g)
        limit = seats_of(F, S, g)
        if chance(S) < 0.6:
            limit = min(limit, wanted)
        if limit > 0 and chance(S) < 0.3:
            # Those who wait, in even parts: full groups first would leave too few for the last.
            parts = (n + limit - 1) // limit
            limit = min(limit, max(smallest(F, kind), (n + parts - 1) // parts))
        for i in range(n):
            if group_size(F, S, g) >= limit:
                break
            p = ordered[i]
            if group_of(F, S, p) == NONE and may_join(F, S, p, g):
                put_in(F, S, p, g)
        good = group_size(F, S, g) >= max(1, smallest(F, kind)) and keeps_name(F, S, g)
    S[TOTAL] -= F[W_UNPLACED] * group_size(F, S, g)
    if not good:
        empty_group(F, S, g)
        return NONE
    reprice(F, S, g)
    return g


@compiled
def seat(F, S, p, noise):
    """Place one person where it costs least, if that is less than leaving them out."""
    if kept_in(F, p) != NONE or group_of(F, S, p) != NONE:
        return False
    best, found = (np.float64(F[W_UNPLACED]), NONE)
    for g in range(F[ROOM]):
        if (
            group_kind(F, S, g) == NONE
            or group_size(F, S, g) >= seats_of(F, S, g)
            or (not may_join(F, S, p, g))
        ):
            continue
        put_in(F, S, p, g)
        more = np.float64(group_cost(F, S, g) - cost_of(F, S, g))
        take_out(F, S, p, g)
        if noise > 0:
            more += noise * chance(S)
        if more < best:
            best, found = (more, g)
    if found == NONE:
        return False
    put_in(F, S, p, found)
    S[TOTAL] -= F[W_UNPLACED]
    reprice(F, S, found)
    return True


@compiled
def waiting_people(F, S, waiting):
    number = 0
    for p in range(F[PEOPLE]):
        if group_of(F, S, p) == NONE and wish(F, p) != NONE:
            waiting[number] = p
            number += 1
    return number


@compiled
def fill(F, S, noise):
    """Form groups of those who wait, and seat the rest."""
    waiting = np.empty(F[PEOPLE], dtype=np.int64)
    failures = 0
    while failures < 12:
        number = waiting_people(F, S, waiting)
        if number == 0:
            return
        if form_group(F, S, waiting, number) == NONE:
            failures += 1
    number = waiting_people(F, S, waiting)
    shuffle(S, waiting, number)
    for i in range(number):
        seat(F, S, waiting[i], noise)
