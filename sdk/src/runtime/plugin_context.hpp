// One plugin's view of the runtime: every call is tagged with the plugin's name, and what may only
// be done while wiring is refused later. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/storage.hpp>

#include "runtime/audit_desk.hpp"
#include "runtime/bus_listener.hpp"
#include "runtime/registry.hpp"
#include "runtime/scheduler.hpp"

namespace gatehouse::runtime {

// What all contexts share; outlives them.
struct Shared {
  Facilities& facilities;
  Registry& registry;
  Scheduler& scheduler;
  BusListener& bus;
  const AuditDesk& audit;
  Database* database = nullptr;  // from wire() on
  Db* own_storage = nullptr;     // the SDK's, from wire() on
  bool wiring = false;

  // A job that runs in one process at a time; from wire() on.
  void every(std::string plugin,
             std::string name,
             std::chrono::seconds period,
             std::function<void()> work) const;
};

class Contexts {
 public:
  explicit Contexts(Shared& shared);
  ~Contexts();

  Context& make(std::string plugin, Db& storage);

 private:
  struct PluginContext;
  Shared& shared_;
  std::vector<std::unique_ptr<PluginContext>> all_;
};

}  // namespace gatehouse::runtime
