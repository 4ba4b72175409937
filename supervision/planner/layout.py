"""Facts and plan as two flat arrays of whole numbers, as the compiled search reads them.

A compiled call that carries fifty arrays costs more than what it does. So everything lies in one
array, one thing after the other: single numbers, then where each table begins, then the tables.
`F[KM]` says where the kilometres begin, and `km_to(F, p, q)` reads them. Where the tables of a plan
begin stands in `F` too.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import numba


def _cache_of_these_sources() -> str:
    """Return a folder for what is compiled, another one for each state of what is compiled.

    Numba looks at the file of a function alone: what is compiled into it from another file
    would stay as it was. Beside the sources, where they may be written; else among
    temporary files, or where NUMBA_CACHE_DIR says.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for source in sorted(here.glob("*.py")):
        text = source.read_bytes()
        # What is not compiled may change; of the rest, instance.py has constants that are.
        if b"@compiled" in text or source.name == "instance.py":
            digest.update(text)
    beside = here / "__pycache__"
    place = os.environ.get("NUMBA_CACHE_DIR", "")
    if not place:
        place = str(beside) if os.access(here, os.W_OK) else tempfile.gettempdir()
    return str(Path(place) / f"search-{digest.hexdigest()[:16]}")


numba.config.CACHE_DIR = _cache_of_these_sources()

compiled = numba.njit(cache=True, nogil=True)

(
    PEOPLE,
    PLACES,
    SLOTS,
    SUPERVISORS,
    LANGUAGES,
    KINDS,
    NAMES,
    ROOM,
    SEATS,
    GIVEN,
    FIRST_NEW,
    MAY_FORM,
    MOST_SLOTS,
    PAUSE,
    DAYS_BETWEEN,
    MAX_MISSED,
    W_UNPLACED,
    W_MISSED,
    W_CONTINUITY,
    W_GROUP,
    W_KM,
    W_FAIRNESS,
    W_SMALL,
    W_OTHER,
) = range(24)
"""Single numbers among the facts: how many there are of each, settings, weights."""
(
    PERSON_KIND,
    SPEAKS,
    ACCEPTS,
    WISH,
    PREVIOUS_OF,
    KM,
    IS_NEAR,
    IS_FREE,
    APART_ENTRY,
    APART_AT,
    COVER_ENTRY,
    COVER_AT,
    PIN_GROUP,
    PIN_NAME,
    BAN_GROUP,
    BAN_NAME,
    KEPT_IN,
    TAKES,
    IS_AVAILABLE,
    GOES_TO,
    MOST_GROUPS,
    PLACE_SEATS,
    IS_OPEN,
    TRAVEL,
    IS_PAST,
    GAP,
    SLOT_OF_ROUND,
    DAY_OF,
    SMALLEST,
    WANTED_SIZE,
    LARGEST,
    NAME_KIND,
    IS_SETTLED,
    HAS_FIXED_MEETINGS,
    HAS_FIXED_SUPERVISOR,
    HAS_FIXED_NAME,
) = range(24, 60)
"""Where the tables of the facts begin."""
(
    KIND,
    LANGUAGE,
    MODE,
    SUPERVISOR,
    NAME,
    SIZE,
    COST,
    SLOT,
    PLACE,
    MEMBERS,
    GROUP_OF,
    CONTINUED_BY,
) = range(60, 72)
"""Where the tables of a plan begin."""
HEAD = 72
RNG, TOTAL, PLAN_HEAD = 0, 1, 2
"""In a plan: the state of the random numbers, its cost, and where its tables begin."""


@compiled
def person_kind(F, p):
    return F[F[PERSON_KIND] + p]


@compiled
def speaks(F, p, language):
    return F[F[SPEAKS] + F[LANGUAGES] * p + language] != 0


@compiled
def accepts(F, p, mode):
    return F[F[ACCEPTS] + 2 * p + mode] != 0


@compiled
def wish(F, p):
    return F[F[WISH] + p]


@compiled
def previous_of(F, p):
    return F[F[PREVIOUS_OF] + p]


@compiled
def km_to(F, p, q):
    return F[F[KM] + F[PLACES] * p + q]


@compiled
def is_near(F, p, q):
    return F[F[IS_NEAR] + F[PLACES] * p + q] != 0


@compiled
def is_free(F, p, t):
    return F[F[IS_FREE] + F[SLOTS] * p + t] != 0


@compiled
def apart_entry(F, i):
    return F[F[APART_ENTRY] + i]


@compiled
def apart_at(F, p):
    return F[F[APART_AT] + p]


@compiled
def cover_entry(F, i):
    return F[F[COVER_ENTRY] + i]


@compiled
def cover_at(F, p):
    return F[F[COVER_AT] + p]


@compiled
def pin_group(F, p):
    return F[F[PIN_GROUP] + p]


@compiled
def pin_name(F, p):
    return F[F[PIN_NAME] + p]


@compiled
def ban_group(F, p, g):
    return F[F[BAN_GROUP] + F[GIVEN] * p + g] != 0


@compiled
def ban_name(F, p, name):
    return F[F[BAN_NAME] + F[NAMES] * p + name] != 0


@compiled
def kept_in(F, p):
    return F[F[KEPT_IN] + p]


@compiled
def takes(F, s, kind, language):
    return F[F[TAKES] + (s * F[KINDS] + kind) * F[LANGUAGES] + language] != 0


@compiled
def is_available(F, s, t):
    return F[F[IS_AVAILABLE] + F[SLOTS] * s + t] != 0


@compiled
def goes_to(F, s, q):
    return F[F[GOES_TO] + F[PLACES] * s + q] != 0


@compiled
def most_groups(F, s):
    return F[F[MOST_GROUPS] + s]


@compiled
def place_seats(F, q):
    return F[F[PLACE_SEATS] + q]


@compiled
def is_open(F, q, t):
    return F[F[IS_OPEN] + F[SLOTS] * q + t] != 0


@compiled
def travel(F, q, other):
    return F[F[TRAVEL] + F[PLACES] * q + other]


@compiled
def is_past(F, t):
    return F[F[IS_PAST] + t] != 0


@compiled
def gap(F, t, other):
    return F[F[GAP] + F[SLOTS] * t + other]


@compiled
def slot_of_round(F, r, i):
    return F[F[SLOT_OF_ROUND] + F[MOST_SLOTS] * r + i]


@compiled
def day_of(F, t):
    return F[F[DAY_OF] + t]


@compiled
def smallest(F, kind):
    return F[F[SMALLEST] + kind]


@compiled
def wanted_size(F, kind):
    return F[F[WANTED_SIZE] + kind]


@compiled
def largest(F, kind):
    return F[F[LARGEST] + kind]


@compiled
def name_kind(F, name):
    return F[F[NAME_KIND] + name]


@compiled
def is_settled(F, g):
    return F[F[IS_SETTLED] + g] != 0


@compiled
def has_fixed_meetings(F, g):
    return F[F[HAS_FIXED_MEETINGS] + g] != 0


@compiled
def has_fixed_supervisor(F, g):
    return F[F[HAS_FIXED_SUPERVISOR] + g] != 0


@compiled
def has_fixed_name(F, g):
    return F[F[HAS_FIXED_NAME] + g] != 0


@compiled
def group_kind(F, S, g):
    return S[F[KIND] + g]


@compiled
def group_language(F, S, g):
    return S[F[LANGUAGE] + g]


@compiled
def group_mode(F, S, g):
    return S[F[MODE] + g]


@compiled
def group_supervisor(F, S, g):
    return S[F[SUPERVISOR] + g]


@compiled
def group_name(F, S, g):
    return S[F[NAME] + g]


@compiled
def group_size(F, S, g):
    return S[F[SIZE] + g]


@compiled
def cost_of(F, S, g):
    return S[F[COST] + g]


@compiled
def meeting_slot(F, S, g, r):
    return S[F[SLOT] + 3 * g + r]


@compiled
def meeting_place(F, S, g, r):
    return S[F[PLACE] + 3 * g + r]


@compiled
def member(F, S, g, i):
    return S[F[MEMBERS] + F[SEATS] * g + i]


@compiled
def group_of(F, S, p):
    return S[F[GROUP_OF] + p]


@compiled
def continued_by(F, S, name):
    return S[F[CONTINUED_BY] + name]
