// How letters leave: what the host's transports and the harness's implement. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include <gatehouse/mail.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

// A message that keeps the rules of MailMessage, on its way.
struct Letter {
  std::string id;  // of [A-Za-z0-9], never given twice: the Message-ID's first half
  Time written_at;
  MailMessage message;
};

// Threads: send() on one at a time; interrupt() on any. Blocking: send(), for a bounded time below
// a minute.
class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // Errors: Unavailable  nothing can be sent now; RateLimited  not this letter now, but perhaps the
  // next one. Both are tried again later, every other never. The message names no address, for it
  // is logged.
  virtual Result<None> send(const Letter& letter) = 0;
  // Whatever send() waits for ends soon, now and in all calls to come: the server stops.
  virtual void interrupt() = 0;
};

// In the background: a thread looks for mail that is due each second. On demand: only
// Runtime::send_mail() does.
enum class MailSending : std::uint8_t { InBackground, OnDemand };

struct MailFacilities {
  MailTransport& transport;
  // "https://id.example.org", without a slash at its end. Asked for whenever a link is made.
  std::function<std::string()> public_url;
  std::string reset_url = {};  // empty: made from public_url
  MailSending sending = MailSending::InBackground;
};

}  // namespace gatehouse
