"""Prints the /openapi.json of the built server with the plugins of ours and one from outside.

SPDX-License-Identifier: Apache-2.0
"""

import sys

import gatehouse

if __name__ == "__main__":
    plugins = "  accounts: {}\n  audit: {}\n  managed_users: {}\n  tokens: {}\n  users: {}\n"
    with gatehouse.Server(plugins + gatehouse.fixture("notes")) as server:
        sys.stdout.buffer.write(server.anonymous().get("/openapi.json").body)
