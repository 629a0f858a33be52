// One plugin's shared library in this process. The only code that includes Boost.DLL.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <memory>

#include <gatehouse/descriptor.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::host {

// Opens the library, for ever: it is never unloaded, for everything it handed out (functions,
// virtual tables, text, exceptions) would dangle. Its symbols are not seen by other libraries, and
// all it needs is bound now. Opening a file again gives the same library. Threads: one at a time.
// Errors: InvalidArgument, whose message continues "plugin 'x': ".
Result<CreatePlugin*> open_library(const std::filesystem::path& file);

// Makes the plugin; what its constructor throws comes back as an error.
Result<std::unique_ptr<Plugin>> create_plugin(CreatePlugin* create);

}  // namespace gatehouse::host
