"""The program: its limits first, then one question and one answer.

In: a line of JSON (see `Task`), then the file. Out: a line of JSON with `spans`
(pairs of seconds since 1970), or `refused` with one word.
"""

import json
import resource
import signal
import sys

from meetings.read_busy.events import busy_times
from meetings.read_busy.limits import CPU_SECONDS, MEMORY, TOO_COMPLEX, Refused, Task


def answer(question: bytes) -> dict:
    """Return what `main` writes for what it is given."""
    head, _newline, data = question.partition(b"\n")
    try:
        return busy_times(data, Task(**json.loads(head)))
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": TOO_COMPLEX}


def bound() -> None:
    """Let this process be ended when it takes too much time on the processor."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)


if __name__ == "__main__":
    bound()
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer.read())))
