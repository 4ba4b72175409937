"""The cheapest group for given prices of people: what the bound asks again and again.

A group is, for the bound, a set of people with a name, at three places or online; when it meets is
left out. Everything is a whole number: prices and costs are counted in parts (`PARTS` to one), so
what is proven is proven exactly.
"""

from typing import NamedTuple

import numpy as np

from supervision.planner.instance import NONE
from supervision.planner.layout import compiled


PARTS = 1 << 12
"""How many parts of a price make one unit of cost."""
NEVER = np.int64(1) << np.int64(60)


class Market(NamedTuple):
    """Every group there can be, but for its members.

    A *family* is one given group, or all new groups of one kind, language and mode. An *offer* is
    a family at three places (or online). `who[at[o]:at[o + 1]]` may join offer `o`, the nearest
    first.
    """

    family: np.ndarray  # of an offer
    fixed: np.ndarray  # what an offer costs whoever joins: C4, and C2, C5, C8 of kept members
    farthest: np.ndarray  # kilometres of the farthest kept member of an offer
    most: np.ndarray  # how many may join an offer
    at: np.ndarray
    who: np.ndarray
    km: np.ndarray  # of those who may join, over three meetings
    own: np.ndarray  # what they cost by themselves: C2, C5, C8
    kept: np.ndarray  # by family: members before anybody joins
    smallest: np.ndarray  # by family: members it needs
    wanted: np.ndarray  # by family
    given: np.ndarray  # by family: the given group, or NONE
    named: np.ndarray  # by family: the name it has for good, or NONE
    may_take: np.ndarray  # family × name: whether it may take that name
    kept_old: np.ndarray  # by family: kept members who were in a group last season
    kept_from: np.ndarray  # family × name: kept members from it
    previous: np.ndarray  # of a person: the name of last season's group, or NONE
    pinned: np.ndarray  # of a person: the name they must go to, or NONE
    banned: np.ndarray  # person × name
    clique: np.ndarray  # of a person: those of one clique are never in one group; or NONE
    weights: np.ndarray  # of C3, C6, C7


class Prices(NamedTuple):
    """What it is worth to place somebody, and what a name or one more group costs; in parts."""

    people: np.ndarray
    names: np.ndarray
    families: np.ndarray


class Found(NamedTuple):
    """The cheapest groups: what each costs beyond the worth of its members, in parts."""

    unnamed: np.ndarray  # by family, with the name it has for good or none
    by_name: np.ndarray  # by name, of new groups
    of_person: np.ndarray  # by person: of the groups they are in
    offer: np.ndarray  # by person: of that group
    name: np.ndarray  # by person: of that group
    number: np.ndarray  # by person: how many join it
    joining: np.ndarray  # by person: who


@compiled
def best_set(M, o, name, prices, gains, who, chosen):
    """Return the most that people joining an offer can be worth, less what they cost there (C2,
    C3, C5–C8), and how many they are; `chosen` is them.

    Goes through them from near to far: with the farthest one known, the best set is the best
    ones. Of a clique only the best can come; other pairs to keep apart may meet here, which
    makes the group cheaper than it can be, and the bound lower, not wrong.
    """
    family = M.family[o]
    most, kept, smallest = M.most[o], M.kept[family], M.smallest[family]
    wanted = M.wanted[family]
    continuity, fairness, small = M.weights[0], M.weights[1], M.weights[2]
    best, number = -NEVER, 0
    if kept >= smallest:
        best = -PARTS * (fairness * M.farthest[o] + small * max(0, wanted - kept))
    n = 0
    for i in range(M.at[o], M.at[o + 1]):
        if most == 0:
            break
        p = M.who[i]
        if M.pinned[p] != NONE and M.pinned[p] != name:
            continue
        if name != NONE and M.banned[p, name]:
            continue
        gain = prices[p] - PARTS * M.own[i]
        if M.previous[p] != NONE and M.previous[p] != name:
            gain -= PARTS * continuity
        if n == most and gain <= gains[n - 1]:
            continue
        if M.clique[p] != NONE:
            rival = NONE
            for j in range(n):
                if M.clique[who[j]] == M.clique[p]:
                    rival = j
            if rival != NONE:
                if gains[rival] >= gain:
                    continue
                for j in range(rival, n - 1):
                    gains[j], who[j] = gains[j + 1], who[j + 1]
                n -= 1
        if n < most:
            n += 1
        j = n - 1
        while j > 0 and gains[j - 1] < gain:
            gains[j], who[j] = gains[j - 1], who[j - 1]
            j -= 1
        gains[j], who[j] = gain, p
        far = max(M.farthest[o], M.km[i])
        worth = -PARTS * fairness * far
        for k in range(n):
            worth += gains[k]
            size = kept + k + 1
            if size < smallest:
                continue
            value = worth - PARTS * small * max(0, wanted - size)
            if value > best:
                best, number = value, k + 1
                for m in range(number):
                    chosen[m] = who[m]
    return best, number


@compiled
def note(M, F, o, name, rest, number, chosen):
    """Remember a group that costs less than its members are worth, for each of them."""
    for k in range(number):
        p = chosen[k]
        if rest < F.of_person[p]:
            F.of_person[p] = rest
            F.offer[p], F.name[p], F.number[p] = o, name, number
            for m in range(number):
                F.joining[p, m] = chosen[m]


@compiled
def price_offers(M, first, last, P, F):
    """Find the cheapest groups among the offers from `first` to before `last`."""
    seats = F.joining.shape[1]
    gains, who = np.zeros(seats, dtype=np.int64), np.zeros(seats, dtype=np.int64)
    chosen = np.zeros(seats, dtype=np.int64)
    names = len(P.names)
    seen = np.full(names + 1, NONE)
    there = np.zeros(names + 1, dtype=np.int64)
    has_pin = np.zeros(names + 1, dtype=np.bool_)
    listed = np.zeros(names + 1, dtype=np.int64)
    for o in range(first, last):
        family = M.family[o]
        fixed = PARTS * (M.fixed[o] + M.weights[0] * M.kept_old[family]) + P.families[family]
        name = M.named[family]
        if name != NONE:
            fixed -= PARTS * M.weights[0] * M.kept_from[family, name]
        worth, number = best_set(M, o, name, P.people, gains, who, chosen)
        rest = fixed - worth if worth > -NEVER else NEVER
        if rest < F.unnamed[family]:
            F.unnamed[family] = rest
        if rest < 0:
            note(M, F, o, name, rest, number, chosen)
        if M.named[family] != NONE:
            continue
        n = 0
        for name in range(names):
            if M.kept_from[family, name] > 0 and M.may_take[family, name]:
                seen[name], there[name], has_pin[name] = o, 0, False
                listed[n] = name
                n += 1
        for i in range(M.at[o], M.at[o + 1]):
            p = M.who[i]
            for turn in range(2):
                name = M.previous[p] if turn == 0 else M.pinned[p]
                if name == NONE or not M.may_take[family, name]:
                    continue
                if seen[name] != o:
                    seen[name], there[name], has_pin[name] = o, 0, False
                    listed[n] = name
                    n += 1
                if turn == 0:
                    there[name] += 1
                else:
                    has_pin[name] = True
        for i in range(n):
            name = listed[i]
            saved = PARTS * M.weights[0] * M.kept_from[family, name]
            paid = fixed - saved + P.names[name]
            if not has_pin[name] and rest < NEVER:
                # At best all its people come for less; then it would still be worth nothing.
                least = rest - saved + P.names[name]
                least -= PARTS * M.weights[0] * min(M.most[o], there[name])
                if least >= (0 if M.given[family] == NONE else F.unnamed[family]):
                    continue
            value, number = best_set(M, o, name, P.people, gains, who, chosen)
            if value == -NEVER:
                continue
            if M.given[family] == NONE:
                if paid - value < F.by_name[name]:
                    F.by_name[name] = paid - value
            elif paid - value < F.unnamed[family]:
                F.unnamed[family] = paid - value
            if paid - value < 0:
                note(M, F, o, name, paid - value, number, chosen)
