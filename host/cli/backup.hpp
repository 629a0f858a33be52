// `gatehouse backup` and `gatehouse restore`. SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace gatehouse::host {

// The commands run while `app` parses, and leave in `exit_status` 0, 1 when they refuse, or 2 when
// the configuration, a plugin, the disk or the engine stands against them.
void add_backup_commands(CLI::App& app, int& exit_status);

}  // namespace gatehouse::host
