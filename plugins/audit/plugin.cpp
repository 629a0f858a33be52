// The audit plugin: builds the trail, its readers, checks and commands, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include "migrations.hpp"
#include "trail/audit_trail.hpp"
#include "trail/trail_reader.hpp"

namespace gatehouse::audit {

// What exists from wire() on.
struct AuditPlugin::Parts {
  explicit Parts(Context& host) : trail(host, rows), reader(host, rows, trail) {}

  TrailRepository rows;
  StoredAuditTrail trail;
  TrailReader reader;
};

AuditPlugin::AuditPlugin() = default;
AuditPlugin::~AuditPlugin() = default;

void AuditPlugin::configure(Config&) {}

Migrations AuditPlugin::migrations() const {
  Migrations steps = embedded_migrations();
  steps.front().append_only = "audit_event";
  return steps;
}

void AuditPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host);
  add_trail_routes(host, parts_->reader);
  host.services().provide<AuditTrail>(parts_->trail);
  host.jobs().in_every_process("write_notes", std::chrono::seconds(1), [this] {
    parts_->trail.write_notes(Notes::Extent::Due);
  });
}

void AuditPlugin::start(Context& host) {
  parts_->trail.begin_serving();
  host.audit_success({"server.started"});
}

void AuditPlugin::stop() {
  parts_->trail.write_notes(Notes::Extent::All);
}

}  // namespace gatehouse::audit

GATEHOUSE_PLUGIN(gatehouse::audit::AuditPlugin, "audit", "1.0.0", "?accounts, ?users")
