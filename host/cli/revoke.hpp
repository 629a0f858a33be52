// `gatehouse revoke --all`. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace gatehouse::host {

// The command runs while `app` parses, and leaves in `exit_status` 0, 1 when a plugin refuses, or 2
// when it is not told to do it, or the configuration, a plugin or the database stands against it.
void add_revoke_command(CLI::App& app, int& exit_status);

}  // namespace gatehouse::host
