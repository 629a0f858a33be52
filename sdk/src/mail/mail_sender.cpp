// SPDX-License-Identifier: Apache-2.0
#include "mail/mail_sender.hpp"

#include <algorithm>
#include <exception>

#include <gatehouse/text.hpp>

#include "runtime/guard.hpp"

namespace gatehouse::mail {
namespace {

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

// An address as it may stand alone between angle brackets: no blank, bracket, comma or quote, so
// that nothing in it is read as a second address (RFC 5321 section 4.1.2 without quoted names).
bool is_plain_address(std::string_view address) {
  const std::size_t at = address.find('@');
  return at != address.npos && at > 0 && at + 1 < address.size() &&
         address.find('@', at + 1) == address.npos &&
         address.find_first_of(" <>()[]\\,;:\"") == address.npos && address.front() != '-';
}

}  // namespace

std::string_view mistake_in(const MailMessage& message) {
  if (has_control_character(message.to)) return "the address holds a control character";
  if (message.to.size() > 254 || !is_utf8(message.to) || !is_plain_address(message.to)) {
    return "the address is not one plain address";
  }
  if (has_control_character(message.subject)) return "the subject holds a control character";
  if (message.subject.size() > 255 || !is_utf8(message.subject)) {
    return "the subject is longer than 255 bytes or no UTF-8";
  }
  if (message.text.size() > 65'536 || !is_utf8(message.text) ||
      message.text.find('\0') != message.text.npos) {
    return "the text is longer than 65536 bytes or no UTF-8";
  }
  return {};
}

std::chrono::minutes wait_after(std::int64_t tries) {
  constexpr std::chrono::minutes kLongest{60};
  const std::chrono::minutes wait{std::int64_t{1} << std::clamp<std::int64_t>(tries - 1, 0, 6)};
  return std::min(wait, kLongest);
}

Sender::Sender(const Parts& parts)
    : parts_(parts),
      sent_(parts.metrics.counter("mail_sent_total", "Letters that were handed over.", {})),
      failed_(
          parts.metrics.counter("mail_failed_total", "Tries that failed and are made again.", {})),
      dropped_(parts.metrics.counter("mail_dropped_total",
                                     "Letters that were refused for good or failed for three days.",
                                     {})),
      queued_(parts.metrics.gauge("mail_queued", "Letters that wait to be sent.", {})) {}

void Sender::run(Db& db) {
  show_queue(db);
  bool go_on = true;
  while (go_on && !stopping_) {
    const auto due =
        db.read([&](Session& session) { return list_due(session, parts_.clock.now()); });
    if (!due) return;  // the database is away; it is asked again
    go_on = !due->empty();
    for (const QueuedMail& mail : *due) {
      if (stopping_ || handle(db, mail) == Outcome::TransportFailed) {
        go_on = false;
        break;
      }
    }
  }
  show_queue(db);
}

void Sender::show_queue(Db& db) {
  const auto waiting = db.read([](Session& session) { return count(session); });
  if (waiting) queued_.set(static_cast<double>(*waiting));
}

Sender::Outcome Sender::handle(Db& db, const QueuedMail& mail) {
  const std::string claim = parts_.random.base62(16);
  const auto claimed = db.write([&](Session& session) {
    return mail::claim(session, mail, claim, parts_.clock.now() + kLease);
  });
  if (!claimed || !*claimed) return Outcome::GoOn;  // another sender has it

  Result<std::optional<MailMessage>> message = std::optional<MailMessage>();
  try {
    message = write(db, mail, claim);
  } catch (...) {
    message = unavailable(runtime::text_of(std::current_exception()));
  }
  if (!message) {
    later(db, mail, claim, message.error().message);
    return Outcome::GoOn;
  }
  if (!*message) return Outcome::GoOn;
  if (const std::string_view mistake = mistake_in(**message); !mistake.empty()) {
    give_up(db, mail, claim, mistake);
    return Outcome::GoOn;
  }

  const auto sent =
      parts_.transport.send({parts_.random.base62(24), parts_.clock.now(), *std::move(*message)});
  const bool failed = !sent && sent.error().code == ErrorCode::Unavailable;
  if (failed || (!sent && sent.error().code == ErrorCode::RateLimited)) {
    later(db, mail, claim, sent.error().message);
    return failed ? Outcome::TransportFailed : Outcome::GoOn;
  }
  if (!sent) {
    give_up(db, mail, claim, sent.error().message);
    return Outcome::GoOn;
  }
  sent_.add(1);
  const auto removed = db.write([&](Session& session) { return remove(session, mail, claim); });
  if (!removed) {
    log_of(mail).error("mail_sent_twice",
                       "the letter '{}' for user {} was sent, but the database did not note it: it "
                       "will be sent again",
                       mail.purpose,
                       mail.user_number);
  }
  return Outcome::GoOn;
}

Result<std::optional<MailMessage>> Sender::write(Db& db,
                                                 const QueuedMail& mail,
                                                 std::string_view claim) {
  const auto composer = parts_.composers.find({mail.plugin, mail.purpose});
  if (composer == parts_.composers.end()) {
    return unavailable("no plugin that is loaded writes such letters");
  }
  return db.write([&](Session& session) -> Result<std::optional<MailMessage>> {
    // The lease may have ended on the way here; then another writes it, with a code of its own.
    GATEHOUSE_TRY(const bool held, holds(session, mail, claim));
    if (!held) return std::optional<MailMessage>();
    GATEHOUSE_TRY(auto message, composer->second(session, mail.order()));
    if (!message) GATEHOUSE_CHECK(remove(session, mail, claim));
    return message;
  });
}

void Sender::give_up(Db& db, const QueuedMail& mail, std::string_view claim, std::string_view why) {
  dropped_.add(1);
  log_of(mail).error("mail_dropped",
                     "the letter '{}' for user {} is given up: {}",
                     mail.purpose,
                     mail.user_number,
                     why);
  // When the database is away, the lease ends and the same is found out again.
  const auto removed = db.write([&](Session& session) { return remove(session, mail, claim); });
  static_cast<void>(removed);
}

void Sender::later(Db& db, const QueuedMail& mail, std::string_view claim, std::string_view why) {
  const Time due_at = parts_.clock.now() + wait_after(mail.tries + 1);
  if (due_at - mail.queued_at > kGiveUpAfter) {
    give_up(db, mail, claim, format("it failed for three days, at last because {}", why));
    return;
  }
  failed_.add(1);
  log_of(mail).warning("mail_failed",
                       "the letter '{}' for user {} was not sent; try {} follows later: {}",
                       mail.purpose,
                       mail.user_number,
                       mail.tries + 2,
                       why);
  const auto postponed =
      db.write([&](Session& session) { return postpone(session, mail, claim, due_at); });
  static_cast<void>(postponed);  // when the database is away, it is due again when the lease ends
}

}  // namespace gatehouse::mail
