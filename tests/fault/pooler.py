"""pgbouncer in transaction mode between two of our servers and PostgreSQL: whose statement runs on
which of its few connections is its own affair. SPDX-License-Identifier: Apache-2.0
"""

import shutil
import time

from load import Load, all_users
from places import Outage, Pgbouncer, Server, durable_cluster
from report import Skipped, longest_allowed


def pooler(report, terms):
    """Each answer is checked to be the one that was asked for: a statement prepared by another
    client would give another row. Then PostgreSQL is restarted behind it."""
    if shutil.which("pgbouncer") is None:
        raise Skipped("there is no pgbouncer: apt-get install pgbouncer")
    with durable_cluster() as cluster, Pgbouncer(cluster) as between:
        with Server([between]) as first, Server([between], folder=first.folder) as second:
            with Load([first, second], writers=12, readers=12, pause=terms.pause) as load:
                load.run_for(2 * terms.settle)
                _check_that_it_shares(report, cluster, [first, second])
                broken = time.monotonic()
                cluster.restart()
                with Outage(between) as outage:
                    pass
                report.recovered(load, broken, outage.back, terms)
            load.complain()
            # What waits in the pooler's own queue waits for the time limit.
            report.saw(load, longest_allowed(hang=10))
            report.compared(load.ledger, all_users(first))


def _check_that_it_shares(report, cluster, servers):
    behind = int(
        cluster.psql("select count(*) from pg_stat_activity where application_name = 'gatehouse'")
    )
    before = sum(_connections(server) for server in servers)
    report.say("pooler", f"{before} sessions of ours share {behind} of PostgreSQL")
    assert 0 < behind <= Pgbouncer.CONNECTIONS < before, "nothing is shared"
    for server in servers:
        assert server.logged("storage_pooler"), "the log does not tell of the pooler"


def _connections(server):
    """Of all its pools."""
    lines = server.anonymous().get("/metrics").body.decode().splitlines()
    values = [x.split()[-1] for x in lines if x.startswith("gatehouse_storage_connections{")]
    return int(sum(map(float, values)))
