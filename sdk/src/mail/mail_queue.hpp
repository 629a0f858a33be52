// The table of orders to send mail: the only code with its SQL. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/mail.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::mail {

struct QueuedMail {
  std::int64_t id = 0;
  std::string plugin;
  std::string purpose;
  std::int64_t user_number = 0;
  std::string mount;
  std::string data;
  Time queued_at;
  Time due_at;
  std::int64_t tries = 0;

  MailOrder order() const { return {purpose, user_number, mount, data}; }
};

// Nothing new when the same order waits unclaimed; of two at the same time, both may come in.
Result<None> insert(Session& db, std::string_view plugin, const MailOrder& order, Time now);

// What may be sent now, longest due first.
Result<std::vector<QueuedMail>> list_due(Session& db, Time now);

// Whether `claim` has the order until `lease_end`: of several who saw it due, one does.
Result<bool> claim(Session& db, const QueuedMail& mail, std::string_view claim, Time lease_end);
Result<bool> holds(Session& db, const QueuedMail& mail, std::string_view claim);

// Both do nothing when another has it by now.
Result<None> remove(Session& db, const QueuedMail& mail, std::string_view claim);
Result<None> postpone(Session& db, const QueuedMail& mail, std::string_view claim, Time due_at);

Result<None> remove_all(Session& db);

Result<std::int64_t> count(Session& db);

}  // namespace gatehouse::mail
