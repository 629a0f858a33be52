"""What a scenario promises, what it saw, and the table of it. SPDX-License-Identifier: Apache-2.0"""

import dataclasses
import time

from ledger import WrongAnswer
from load import WINDOW_S

# Of the server's default settings, in seconds.
POOL_WAIT_S = 0.5
PING_S = 1.0  # of a connection that may be lost
CONNECT_S = 2.0  # to each host
WATCHDOG_S = 0.75  # after the time limit: its grace, and how often it looks
# For a machine that does other things too.
BUSY_S = 1.0

# Per second: with less, nothing is loaded, and a rate tells nothing.
LEAST_RATE = 5


class Skipped(Exception):
    """This machine cannot do it, for the reason given."""


def longest_allowed(hosts=1, hang=0):
    """How long a request may take. It waits for a connection, and then it asks whether one lives and
    opens another, or it hangs in a statement until the time limit (`hang`, where the database can)
    and somebody ends it."""
    statement = hang + WATCHDOG_S if hang else 0
    return POOL_WAIT_S + max(PING_S + hosts * CONNECT_S, statement) + BUSY_S


@dataclasses.dataclass
class Terms:
    """How a scenario is run, and what is good enough."""

    pause: float  # of each client after an answer, in seconds
    settle: float  # seconds of load before the fault, and after
    crashes: int  # of our own server
    # From the database being back to the full rate. A second is what is promised, and what the long
    # form holds us to. The short form runs on machines that do other things too: there it says only
    # that the rate comes back without an operator.
    full_again: float

    @classmethod
    def short(cls):
        return cls(pause=0.05, settle=2.5, crashes=10, full_again=5.0)

    @classmethod
    def long(cls):
        return cls(pause=0.02, settle=10.0, crashes=200, full_again=1.0)


class Report:
    def __init__(self, name):
        self._name = name
        self._lines = []

    def say(self, what, text):
        self._lines.append((what, text))

    def show(self, seconds):
        print(f"{self._name} ({seconds:.0f} s)")
        for what, text in self._lines:
            print(f"  {what:<14}{text}")

    def saw(self, load, bound):
        """The counts of a load that has ended; the longest request is within the bound."""
        counts = ", ".join(f"{n} x {status or 'broken'}" for status, n in load.statuses().items())
        self.say("answers", f"{counts}; {load.retried} writes came through after a 503")
        longest = load.longest()
        self.say("longest", f"{longest * 1000:.0f} ms (no more than {bound:.2f} s allowed)")
        if longest > bound:
            raise AssertionError(f"a request took {longest:.2f} s, {bound:.2f} s are allowed")

    def recovered(self, load, fault, back, terms):
        """Goes on until the rate is what it was, or too much time has passed. `fault`, `back`: when
        the database went, and when it was there again."""
        began = max(load.began + 0.5, fault - terms.settle)
        before = {kind: load.rate(began, fault, kind) for kind in ("write", "read")}
        for kind, rate in before.items():
            assert rate >= LEAST_RATE, f"only {rate:.1f} {kind}s/s before the fault"
        refused = [s for s in load.seen() if s.status == 503 and s.at < fault]
        assert not refused, f"{len(refused)} answers of 503 before the fault"

        def times():
            return {kind: load.full_again(back, rate, kind) for kind, rate in before.items()}

        load.run_for(terms.settle)
        while None in times().values() and time.monotonic() < back + terms.full_again + WINDOW_S:
            load.run_for(0.25)
        late = []
        now = time.monotonic()
        for kind, after in times().items():
            word = "never" if after is None else f"{after:.2f} s after the database was back"
            self.say(
                f"{kind}s",
                f"{before[kind]:.0f}/s before, {load.rate(now - 1.5, now, kind):.0f}/s at the end, full "
                f"again {word}",
            )
            if after is None or after > terms.full_again:
                late.append(f"{kind}s were not at their full rate {terms.full_again} s after")
        self.say("away for", f"{back - fault:.2f} s, as a client of its own saw the database")
        self.say("/health/ready", f"{load.ready_since(fault)}")
        if late:
            raise AssertionError("; ".join(late))

    def compared(self, ledger, shown):
        try:
            self.say("stored", ledger.compare(shown))
        except WrongAnswer as wrong:
            self.say("stored", str(wrong))
            raise
