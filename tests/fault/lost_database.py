"""PostgreSQL goes away and comes back: killed, restarted, frozen, or with another server in its place.

SPDX-License-Identifier: Apache-2.0
"""

import signal
import time

from load import Load, all_users
from places import (
    Outage,
    Server,
    durable_cluster,
    kill_for_good,
    processes_of,
    signal_all,
    standby_of,
    wait_until,
)
from report import longest_allowed


def kill_backend(report, terms):
    """PostgreSQL ends all connections, and recovers, when one of its processes is killed."""

    def kill(cluster):
        pid = int(cluster.psql(
            "select pid from pg_stat_activity where application_name = 'gatehouse' limit 1"
        ))  # fmt: skip
        before = set(processes_of(cluster)[1:])
        assert pid in before
        signal_all([pid], signal.SIGKILL)
        wait_until(
            lambda: not before.intersection(processes_of(cluster)),
            "PostgreSQL goes on as if nothing had happened",
        )

    _break_one(report, terms, kill)


def restart(report, terms):
    _break_one(report, terms, lambda cluster: cluster.restart())


def frozen(report, terms):
    """Nothing answers, and nothing is closed. The time limit is shorter than the frost, so that
    what hangs has to be ended by us."""
    time_limit = 1

    def freeze(cluster):
        pids = processes_of(cluster)
        signal_all(pids, signal.SIGSTOP)
        try:
            time.sleep(5)
        finally:
            signal_all(pids, signal.SIGCONT)

    _break_one(report, terms, freeze, hang=time_limit, storage__time_limit=time_limit)


def _break_one(report, terms, fault, hang=0, **settings):
    with durable_cluster() as cluster, Server([cluster], **settings) as server:
        with Load([server], pause=terms.pause) as load:
            load.run_for(terms.settle)
            broken = time.monotonic()
            fault(cluster)
            with Outage(cluster) as outage:
                pass
            report.recovered(load, broken, outage.back, terms)
        load.complain()
        report.saw(load, longest_allowed(hang=hang))
        report.compared(load.ledger, all_users(server))


def failover(report, terms):
    """The primary is killed with all its processes, and the standby that its commits waited for
    becomes the primary. Commits that do not wait for a standby may be lost: that is the operator's
    choice, and synchronous_standby_names the setting."""
    with durable_cluster() as primary, standby_of(primary) as standby:
        with Server([primary, standby]) as server:
            with Load([server], pause=terms.pause) as load:
                load.run_for(terms.settle)
                broken = time.monotonic()
                kill_for_good(primary)
                standby.psql("select pg_promote()")
                with Outage(standby) as outage:
                    pass
                report.recovered(load, broken, outage.back, terms)
            load.complain()
            report.saw(load, longest_allowed(hosts=2))
            report.compared(load.ledger, all_users(server))
