// Takes orders out of the queue when they are due, has their letters written and sends them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/log.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/runtime/mail.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

#include "mail/mail_queue.hpp"

namespace gatehouse::mail {

// By plugin and purpose; constant when the plugins are wired.
using Composers = std::map<std::pair<std::string, std::string>, gatehouse::Mail::Composer>;

// What of a message breaks the rules of MailMessage: "the address holds a control character"; ""
// when nothing does.
std::string_view mistake_in(const MailMessage& message);

// How long to wait after a failed try: one minute, doubled each time up to an hour.
std::chrono::minutes wait_after(std::int64_t tries);

// An order stands claimed while its letter is on the way: by a conditional update, so that of
// several senders one has it, and until the lease ends, so that a sender that died keeps nobody's
// mail. Between sending and forgetting an order there is a moment; who dies in it sends twice.
//
// Threads: run() on one at a time, stop() on any. Blocking: run() does.
class Sender {
 public:
  // What the sender stands on; all outlive it.
  struct Parts {
    const Composers& composers;
    MailTransport& transport;
    Clock& clock;
    Random& random;
    Metrics& metrics;
    std::function<Log&(std::string_view plugin)> log_for;
  };
  // Longer than any transport takes for one letter.
  static constexpr std::chrono::minutes kLease{5};
  static constexpr std::chrono::hours kGiveUpAfter{72};

  explicit Sender(const Parts& parts);

  // Sends what is due now. Ends early when the transport fails as a whole, for what would fail
  // next would take as long; the next run() goes on behind it.
  void run(Db& db);
  // run() begins no further letter.
  void stop() { stopping_ = true; }

 private:
  enum class Outcome { GoOn, TransportFailed };
  Outcome handle(Db& db, const QueuedMail& mail);
  // Nothing: there is none to send, for the order has ended or is another's.
  Result<std::optional<MailMessage>> write(Db& db, const QueuedMail& mail, std::string_view claim);
  void show_queue(Db& db);
  void give_up(Db& db, const QueuedMail& mail, std::string_view claim, std::string_view why);
  void later(Db& db, const QueuedMail& mail, std::string_view claim, std::string_view why);
  Log& log_of(const QueuedMail& mail) const { return parts_.log_for(mail.plugin); }

  Parts parts_;
  std::atomic<bool> stopping_ = false;
  Counter& sent_;
  Counter& failed_;
  Counter& dropped_;
  Gauge& queued_;
};

}  // namespace gatehouse::mail
