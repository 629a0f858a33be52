// The audit plugin: builds the trail, its readers, checks and commands, and joins them to the host.
// SPDX-License-Identifier: Apache-2.0
#include "plugin.hpp"

#include <chrono>
#include <stdexcept>

#include <gatehouse/services/user_directory.hpp>

#include "checks/anchor.hpp"
#include "checks/chain_repository.hpp"
#include "commands/audit_commands.hpp"
#include "erasure/erasure.hpp"
#include "erasure/gone_users.hpp"
#include "migrations.hpp"
#include "trail/audit_trail.hpp"
#include "trail/restores.hpp"
#include "trail/trail_reader.hpp"

namespace gatehouse::audit {

// What exists from wire() on.
struct AuditPlugin::Parts {
  Parts(Context& host, const std::string& anchor_target)
      : trail(host, rows),
        reader(host, rows, trail),
        anchor(host, chains, anchor_target),
        erasure(host),
        gone_users(host, erasure),
        restores(host),
        log(host.log()) {}

  void tell_restores() {
    const auto told = restores.tell();
    if (!told) log.warning("restore_waits", "{}", told.error().message);
  }

  TrailRepository rows;
  ChainRepository chains;
  StoredAuditTrail trail;
  TrailReader reader;
  Anchor anchor;
  Erasure erasure;
  GoneUsers gone_users;
  Restores restores;
  Log& log;
};

AuditPlugin::AuditPlugin() = default;
AuditPlugin::~AuditPlugin() = default;

void AuditPlugin::configure(Config& config) {
  anchor_ = config.text("anchor", "");
  if (anchor_.empty() || anchor_ == Anchor::kSyslog) return;
  const std::string wrong = anchor_.front() == '/'
                                ? wrong_place(anchor_)
                                : "is neither syslog nor the whole path of a file (/var/log/...)";
  if (!wrong.empty()) config.fail("anchor", wrong);
}

Migrations AuditPlugin::migrations() const {
  Migrations steps = embedded_migrations();
  steps.front().append_only = "audit_event audit_personal(salt,id,name,address)";
  return steps;
}

void AuditPlugin::wire(Context& host) {
  parts_ = std::make_unique<Parts>(host, anchor_);
  add_trail_routes(host, parts_->reader);
  add_verify_command(host, parts_->chains);
  add_export_command(host, parts_->rows, parts_->reader);
  add_prune_command(host, parts_->chains);
  add_erase_command(host, parts_->erasure);
  host.services().provide<AuditTrail>(parts_->trail);
  host.jobs().in_every_process("write_notes", std::chrono::seconds(1), [this] {
    parts_->trail.write_notes(Notes::Extent::Due);
  });
  host.jobs().in_every_process(
      "anchor", std::chrono::seconds(60), [this] { parts_->anchor.write(); });
  host.events().subscribe<UserDeleted>([this](Session& db, const UserDeleted& user) {
    return parts_->erasure.request(db, user.number);
  });
  host.events().subscribe<DatabaseRestored>([this](Session& db, const DatabaseRestored& restored) {
    return parts_->restores.keep(db, restored.epoch);
  });
  host.jobs().every("tell_restores", std::chrono::seconds(60), [this] { parts_->tell_restores(); });
  host.jobs().every("erase", std::chrono::seconds(10), [this, &host] {
    const auto erased = parts_->erasure.work();
    if (!erased) host.log().warning("erasure_waits", "{}", erased.error().message);
  });
  host.jobs().every(
      "find_gone_users", std::chrono::hours(24), [this] { parts_->gone_users.find(); });
}

void AuditPlugin::start(Context& host) {
  if (const auto open = parts_->anchor.open(); !open) {
    throw std::runtime_error("audit.anchor: " + open.error().message +
                             ": let the server's user write it");
  }
  parts_->trail.begin_serving();
  parts_->gone_users.find();
  host.jobs().post("tell_restores", [this] { parts_->tell_restores(); });
  host.audit_success({"server.started"});
}

void AuditPlugin::stop() {
  parts_->trail.end_serving();
  parts_->anchor.write();
}

}  // namespace gatehouse::audit

GATEHOUSE_PLUGIN(gatehouse::audit::AuditPlugin, "audit", "1.0.0", "?accounts, ?users")
