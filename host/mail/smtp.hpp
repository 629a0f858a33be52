// Mail to a mail server, over libcurl. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <string>

#include <gatehouse/result.hpp>
#include <gatehouse/runtime/mail.hpp>

#include "host/config/settings.hpp"

namespace gatehouse::host {

// One connection a letter. What the server says is told by its number alone, for its words often
// hold the address.
class Smtp final : public MailTransport {
 public:
  // `from`: a plain address.
  Smtp(SmtpSettings settings, std::string from);

  // Whether the password's file, if there has to be one, can be used.
  Result<None> check() const;
  // For good: 5xx to the recipient or to the letter; 4xx postpones that letter alone. A refused
  // sender, user or connection is the operator's to mend, so it is tried again.
  Result<None> send(const Letter& letter) override;
  void interrupt() override { interrupted_ = true; }

 private:
  Result<std::string> password() const;

  const SmtpSettings settings_;
  const std::string from_;
  std::atomic<bool> interrupted_ = false;
};

}  // namespace gatehouse::host
