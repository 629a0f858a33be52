"""What a configuration file of config/ says of plugins and of rights, for an Installation of a test.

SPDX-License-Identifier: Apache-2.0
"""

import gatehouse

FOLDER = gatehouse.ROOT / "config"


def section(name, key):
    """The lines below `key` in that file, which ends with a section or the next one's key."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines(keepends=True)
    begin = lines.index(f"{key}:\n") + 1
    ends = (i for i in range(begin, len(lines)) if lines[i][0] not in " #\n")
    return "".join(lines[begin : next(ends, len(lines))])


def plugins(name):
    """As Installation takes them."""
    return section(name, "plugins")


def plugins_and_policy(name):
    return plugins(name) + "policy:\n" + section(name, "policy")


def check(name):
    """`gatehouse check-config` on the file itself."""
    with gatehouse.Installation() as there:
        return there.run("check-config", "--config", str(FOLDER / name))
