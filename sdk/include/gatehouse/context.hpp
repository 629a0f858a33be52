// What the host offers a plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include <gatehouse/audit.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

class Authenticators;
class Bus;
class Clock;
class Commands;
class Db;
class Events;
class Jobs;
class Keys;
class Log;
class Mail;
class Metrics;
class Passwords;
class Permissions;
class Random;
struct PolicySettings;
class Routes;
class Services;
class Session;

// Ownership: the host's; valid from Plugin::wire() until Plugin::stop() has returned, and with it
// all it hands out. Threads: any; what is marked so only inside wire().
class Context {
 public:
  virtual Routes& routes() = 0;                  // wire() only
  virtual Permissions& permissions() = 0;        // declare(): wire() only
  virtual Authenticators& authenticators() = 0;  // wire() only
  virtual Commands& commands() = 0;              // wire() only
  virtual Db& storage() = 0;
  virtual Services& services() = 0;
  virtual Events& events() = 0;
  virtual Bus& bus() = 0;  // subscribe(): wire() only
  virtual Jobs& jobs() = 0;
  virtual Log& log() = 0;
  virtual Metrics& metrics() = 0;
  virtual Clock& clock() = 0;
  virtual Random& random() = 0;
  virtual Passwords& passwords() = 0;
  virtual Keys& keys() = 0;
  virtual Mail& mail() = 0;  // compose(): wire() only

  // `http.public_url`, where clients reach the server, without a slash at the end; "": not set.
  virtual std::string_view public_url() = 0;

  // What the functions of gatehouse/policy.hpp judge by; filled in before Plugin::start().
  virtual const PolicySettings& policy() = 0;

  // For the audit trail, outside any transaction: a refusal, or what succeeded without a change, a
  // sign-in say. Nothing without the audit plugin. Never blocks and never fails. (A change is told
  // by Session::audit(), in its transaction; a request that is answered 403 by the host.)
  virtual void audit_refused(const AuditEvent& event) = 0;
  virtual void audit_success(const AuditEvent& event) = 0;

  // Runs `work` in a transaction of the role that owns the tables (storage.postgresql.owner), which
  // may change what the serving role may only add to; where there is one role, as that. No time
  // limit, one at a time in all processes. For commands, on their thread. Errors as Db::write().
  virtual Result<None> as_owner(const std::function<Result<None>(Session&)>& work) = 0;

  // Shows `text` to the operator once: on a terminal (or under ./dev run) it is printed, otherwise
  // it goes to a new file `name` (0600) beside the data, whose path is logged. Never through the
  // log.
  virtual void show_once(std::string_view name, std::string_view text) = 0;

 protected:
  ~Context() = default;
};

}  // namespace gatehouse
