"""What a plan costs, as the compiled search counts it (C1–C8), and chance.

`F` are the facts, `S` is the plan (`layout`).
"""

import math

import numpy as np

from supervision.planner.instance import NONE, ONSITE
from supervision.planner.layout import (
    COST,
    PEOPLE,
    RNG,
    ROOM,
    TOTAL,
    W_CONTINUITY,
    W_FAIRNESS,
    W_GROUP,
    W_KM,
    W_MISSED,
    W_OTHER,
    W_SMALL,
    W_UNPLACED,
    compiled,
    cost_of,
    group_kind,
    group_mode,
    group_name,
    group_size,
    is_free,
    is_past,
    km_to,
    meeting_place,
    meeting_slot,
    member,
    previous_of,
    wanted_size,
    wish,
)


@compiled
def draw(S, n):
    """Return a whole number from 0 to n - 1 (xorshift64*)."""
    x = np.uint64(S[RNG])
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    S[RNG] = np.int64(x)
    return np.int64(x * np.uint64(2685821657736338717) >> np.uint64(33)) % n


@compiled
def chance(S):
    """Return a number from 0 to 1."""
    return draw(S, 1000000007) / 1000000007.0


@compiled
def shuffle(S, list_, number):
    for i in range(number - 1, 0, -1):
        j = draw(S, i + 1)
        list_[i], list_[j] = (list_[j], list_[i])


@compiled
def accepts_change(S, change, heat):
    return change <= 0 or (heat > 0 and chance(S) < math.exp(-change / heat))


@compiled
def travel_of(F, S, p, g):
    """Return a person's kilometres, one way, over the meetings of a group still to come."""
    km = 0
    if group_mode(F, S, g) == ONSITE:
        for r in range(3):
            if not is_past(F, meeting_slot(F, S, g, r)):
                km += km_to(F, p, meeting_place(F, S, g, r))
    return km


@compiled
def missed_of(F, S, p, g):
    missed = 0
    for r in range(3):
        t = meeting_slot(F, S, g, r)
        if not is_past(F, t) and (not is_free(F, p, t)):
            missed += 1
    return missed


@compiled
def own_cost(F, S, p, g):
    """Return what a member costs by themselves: C2, C3, C5, C8."""
    cost = F[W_MISSED] * missed_of(F, S, p, g) + F[W_KM] * travel_of(F, S, p, g)
    if previous_of(F, p) != NONE and previous_of(F, p) != group_name(F, S, g):
        cost += F[W_CONTINUITY]
    if wish(F, p) != NONE and wish(F, p) != group_mode(F, S, g):
        cost += F[W_OTHER]
    return cost


@compiled
def group_cost(F, S, g):
    cost, farthest = (F[W_GROUP], 0)
    for i in range(group_size(F, S, g)):
        p = member(F, S, g, i)
        cost += own_cost(F, S, p, g)
        km = travel_of(F, S, p, g)
        if km > farthest:
            farthest = km
    short = wanted_size(F, group_kind(F, S, g)) - group_size(F, S, g)
    if short > 0:
        cost += F[W_SMALL] * short
    return cost + F[W_FAIRNESS] * farthest


@compiled
def recount(F, S):
    """Set every cost anew."""
    total, placed = (0, 0)
    for g in range(F[ROOM]):
        S[F[COST] + g] = 0
        if group_kind(F, S, g) != NONE:
            S[F[COST] + g] = group_cost(F, S, g)
            total += cost_of(F, S, g)
            placed += group_size(F, S, g)
    S[TOTAL] = total + F[W_UNPLACED] * (F[PEOPLE] - placed)


@compiled
def reprice(F, S, g):
    """Set one group's cost anew and return by how much it changed."""
    cost = group_cost(F, S, g)
    change = cost - cost_of(F, S, g)
    S[F[COST] + g] = cost
    S[TOTAL] += change
    return change


@compiled
def copy_plan(source, target):
    """Copy a plan; the random numbers go on where they were."""
    target[TOTAL:] = source[TOTAL:]
