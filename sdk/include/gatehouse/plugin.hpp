// All that a plugin needs. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gatehouse/authenticator.hpp>
#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/commands.hpp>
#include <gatehouse/config.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/cursor.hpp>
#include <gatehouse/deployment.hpp>
#include <gatehouse/descriptor.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/jobs.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/passwords.hpp>
#include <gatehouse/permissions.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/routes.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

// A plugin. The host makes one and walks it through configure, wire, migrations and start, in this
// order, each for all plugins in the order of their requirements before the next begins. An
// exception fails the phase; the host prints it with the plugin's name, stops in reverse what had
// started, and exits with 2.
class GATEHOUSE_API Plugin {
 public:
  virtual ~Plugin();

  // Reads settings. No other effect: `gatehouse check-config` calls it too.
  virtual void configure(Config& config);
  // The schema's steps so far, oldest first. Called once, after wire().
  virtual Migrations migrations() const;
  // Registers routes, services, listeners, jobs, commands. `gatehouse check-config` calls it too:
  // the database is not open yet.
  virtual void wire(Context& host);
  // All plugins are wired: services may be used, the database too. Returns soon.
  virtual void start(Context& host);
  // No request and no job runs any more, and plugins that need this one have stopped. Drop what you
  // took: the process ends without unloading.
  virtual void stop();

 protected:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
};

}  // namespace gatehouse
