"""What was written and acknowledged, to be compared with what is there. What was answered with an
error may be there or not, but nothing else may.

SPDX-License-Identifier: Apache-2.0
"""

import random
import threading


class WrongAnswer(Exception):
    """An answer that cannot be right."""


class User:
    """One that a client has made, and changes by counting up its description."""

    def __init__(self, name):
        self.name = name
        self.id = None  # until somebody was told
        self.acknowledged = 0  # the last count that was answered with success
        self.tried = 0  # the last that was sent

    def body(self):
        return {"username": self.name, "first_name": self.first_name, "description": "0"}

    @property
    def first_name(self):
        return self.name[::-1]

    def check(self, shown, at_least):
        """Raises WrongAnswer. `at_least`: what was acknowledged before the question."""
        told = {k: shown.get(k) for k in ("id", "username", "first_name", "description")}
        if (
            (self.id is not None and told["id"] != self.id)
            or told["username"] != self.name
            or told["first_name"] != self.first_name
            or not told["description"].isdigit()
            or not at_least <= int(told["description"]) <= self.tried
        ):
            raise WrongAnswer(
                f"{self.name} ({self.id}), counted {at_least} to {self.tried}, is shown as {told}"
            )


class Ledger:
    """Threads: any. A User is changed by the one client that made it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._users = {}  # by name: all that were ever sent
        self._known = []  # those whose making was acknowledged

    def new_user(self, name):
        user = User(name)
        with self._lock:
            self._users[name] = user
        return user

    def acknowledge(self, user, shown_id):
        user.id = shown_id
        with self._lock:
            self._known.append(user)

    def any_known(self):
        with self._lock:
            return random.choice(self._known) if self._known else None

    def by_name(self, name):
        with self._lock:
            return self._users.get(name)

    @property
    def known(self):
        with self._lock:
            return list(self._known)

    def compare(self, shown):
        """`shown`: all users of the server. Raises WrongAnswer; returns lines for the table."""
        found = {}
        for one in shown:
            if one["username"] in found:
                raise WrongAnswer(f"{one['username']} is there twice")
            found[one["username"]] = one
        strangers = set(found) - set(self._users) - {"admin"}
        if strangers:
            raise WrongAnswer(f"nobody has made {sorted(strangers)[:5]}")
        known = self.known
        lost = [user.name for user in known if user.name not in found]
        if lost:
            raise WrongAnswer(
                f"{len(lost)} of {len(known)} acknowledged users are lost: {lost[:5]}"
            )
        for user in known:
            user.check(found[user.name], user.acknowledged)
        in_doubt = [user for user in self._users.values() if user.id is None]
        stored = sum(user.name in found for user in in_doubt)
        changes = sum(user.acknowledged for user in known)
        return (
            f"{len(known)} users and {changes} changes acknowledged, all found as they were "
            f"acknowledged; {len(in_doubt)} users not acknowledged, {stored} of them stored"
        )
