// `gatehouse migrate`: the steps of all plugins' tables, told or applied.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

namespace gatehouse::host {

// The command runs while `app` parses, and leaves in `exit_status` 0 for done or nothing missing, 1
// for something missing (--check) or in trouble, 2 for the configuration, a plugin or the database.
void add_migrate_command(CLI::App& app, int& exit_status);

}  // namespace gatehouse::host
