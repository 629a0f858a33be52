// Mail to users: queued in the caller's transaction, written and sent later, beside requests.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

namespace gatehouse {

class Session;

// What waits in the queue, where whoever reads the database can read it: who is to be told about
// what, never a code, a password or an address.
struct MailOrder {
  std::string purpose;  // as registered: "password_reset"
  std::int64_t user = 0;
  std::string mount = "/v1";  // whose words and links apply; at most 255 bytes
  std::string data = {};      // the plugin's own, at most 4,096 bytes of UTF-8
};

// What goes out. A line break or another control character in `to` or `subject` makes it a letter
// that is never sent.
struct MailMessage {
  std::string to;       // one address, without a name: "ada@example.org"; at most 254 bytes
  std::string subject;  // at most 255 bytes of UTF-8
  std::string text;     // plain text in UTF-8 with \n; at most 65,536 bytes
};

// Ownership: the host's. Threads: any, but for what is marked.
class Mail {
 public:
  // Writes the letter of an order, in a write transaction of the sender's, when it is about to be
  // sent: mints the code, stores its hash through `session`, and returns the message. Nothing:
  // there is nothing to send any more (the user has gone, the code was used); the order ends. An
  // Error or an exception: later again. It is called again, too, for every further try after a mail
  // server failed, and must then make the code of the try before worthless. Nothing but the
  // transaction may be changed by it.
  using Composer =
      std::function<Result<std::optional<MailMessage>>(Session& session, const MailOrder& order)>;

  // Only in Plugin::wire(). `purpose`: a-z, 0-9 and _, a letter first, at most 64 bytes, once in
  // this plugin.
  virtual void compose(std::string_view purpose, Composer composer) = 0;

  // Puts the order into the queue when the transaction of `session` commits. It is sent within
  // seconds, once across all instances (twice when a process dies between sending and noting it),
  // and tried again for three days, as long as the mail server does not refuse it for good. The
  // same order again, while it waits and no letter of it is being written, is one letter, at its
  // turn; the three days begin anew. Never waits for a mail server. std::logic_error: a purpose
  // that this plugin did not register, or an order beyond its limits.
  virtual Result<None> queue(Session& session, const MailOrder& order) = 0;

  // `path` ("/v1/...") under `http.public_url`; where that is not set, under the address and port
  // that the server listens at. Never made from a request.
  virtual std::string link(std::string_view path) const = 0;
  // Where a user sets a new password: `mail.reset_url`, by default link("/v1/password-resets/"),
  // with the code at its end.
  virtual std::string reset_link(std::string_view code) const = 0;

 protected:
  ~Mail() = default;
};

}  // namespace gatehouse
