"""The search itself: dissolve some groups, make new ones, polish, keep what is better."""

import numpy as np

from supervision.planner.costs import accepts_change, chance, copy_plan, draw, reprice
from supervision.planner.forming import fill, waiting_people
from supervision.planner.instance import NONE, ONSITE
from supervision.planner.layout import (
    FIRST_NEW,
    PEOPLE,
    ROOM,
    TOTAL,
    W_UNPLACED,
    compiled,
    cost_of,
    group_kind,
    group_mode,
    group_of,
    group_size,
    kept_in,
    km_to,
    meeting_place,
    member,
    person_kind,
)
from supervision.planner.moves import random_move
from supervision.planner.rules import empty_group, keeps_name, put_in, take_out


@compiled
def distance(F, S, p, g):
    """How far a group is from somebody, for choosing neighbours; online groups are anywhere."""
    if group_mode(F, S, g) == ONSITE:
        return min(
            km_to(F, p, meeting_place(F, S, g, 0)),
            km_to(F, p, meeting_place(F, S, g, 1)),
            km_to(F, p, meeting_place(F, S, g, 2)),
        )
    return draw(S, 80)


@compiled
def ruin(F, S, touched):
    """Dissolve some groups near each other; mark in `touched` those and their neighbours."""
    seed = draw(S, F[PEOPLE])
    if chance(S) < 0.3:
        waiting = np.empty(F[PEOPLE], dtype=np.int64)
        number = waiting_people(F, S, waiting)
        if number > 0:
            seed = waiting[draw(S, number)]
    far = np.full(F[ROOM], np.int64(1 << 40))
    for g in range(F[ROOM]):
        touched[g] = False
        if group_kind(F, S, g) == NONE:
            continue
        far[g] = distance(F, S, seed, g) * 4 + draw(S, 160)
        if group_kind(F, S, g) != person_kind(F, seed):
            far[g] += 2000
        if group_of(F, S, seed) == g:
            far[g] = 0
    order = np.argsort(far)
    dissolved = 1 + draw(S, 4)
    if chance(S) < 0.2:
        dissolved += 2
    for i in range(min(len(order), dissolved + 4)):
        g = order[i]
        if group_kind(F, S, g) == NONE:
            break
        touched[g] = True
        if i < dissolved:
            if g < F[FIRST_NEW]:
                for k in range(group_size(F, S, g) - 1, -1, -1):
                    p = member(F, S, g, k)
                    if kept_in(F, p) == NONE and group_size(F, S, g) > 1:
                        take_out(F, S, p, g)
                        if keeps_name(F, S, g):
                            S[TOTAL] += F[W_UNPLACED]
                        else:
                            # Whoever the name rests on stays, and so may who is pinned to it.
                            put_in(F, S, p, g)
                reprice(F, S, g)
            else:
                empty_group(F, S, g)


@compiled
def polish(F, S, touched, moves, heat):
    """Many small moves around the groups that were touched, the last ones only for the better."""
    n = 0
    near = np.empty(F[ROOM], dtype=np.int64)
    for g in range(F[ROOM]):
        if group_kind(F, S, g) != NONE and touched[g]:
            near[n] = g
            n += 1
    if n == 0:
        return
    for i in range(moves):
        random_move(F, S, near, n, heat * (1.0 - i / moves) if i < moves * 0.8 else 0.0)


@compiled
def anneal(F, S, best, back, steps, hot, cold, moves):
    """Ruin and rebuild `steps` times, from `hot` to `cold`; keep the best plan in `best`.

    `back` is room for the plan before each step.
    """
    touched = np.zeros(F[ROOM], dtype=np.bool_)
    for step in range(steps):
        heat = hot * (cold / hot) ** (step / max(1, steps))
        copy_plan(S, back)
        ruin(F, S, touched)
        fill(F, S, 20.0)
        for g in range(F[ROOM]):
            is_new = group_kind(F, back, g) == NONE
            changed = cost_of(F, S, g) != cost_of(F, back, g)
            if group_kind(F, S, g) != NONE and (is_new or changed):
                touched[g] = True
        polish(F, S, touched, moves, heat)
        if S[TOTAL] < best[TOTAL]:
            copy_plan(S, best)
        elif not accepts_change(S, S[TOTAL] - back[TOTAL], heat):
            copy_plan(back, S)


@compiled
def settle_down(F, S, rounds):
    """Small moves for the better alone."""
    touched = np.ones(F[ROOM], dtype=np.bool_)
    polish(F, S, touched, rounds, 0.0)
