// The program's commands: its own, and those that the configured plugins add.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace gatehouse::host {

// Exit codes: 0 good, 1 refused by a command, 2 cannot start (configuration, plugins, database), 3
// stopped while plugins were still busy, 64 wrong words on the command line.
int run(int argc, char** argv);

}  // namespace gatehouse::host
