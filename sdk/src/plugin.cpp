// What a plugin does that does nothing. Also the home of Plugin's vtable and type information.
// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/plugin.hpp>

namespace gatehouse {

Plugin::~Plugin() = default;
void Plugin::configure(Config&) {}
Migrations Plugin::migrations() const {
  return {};
}
void Plugin::wire(Context&) {}
void Plugin::start(Context&) {}
void Plugin::stop() {}

}  // namespace gatehouse
