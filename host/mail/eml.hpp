// One letter as the bytes that mail systems exchange (RFC 5322, MIME).
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/runtime/mail.hpp>

namespace gatehouse::host {

// Header and body with CRLF: From, To, Subject (RFC 2047 where it needs it), Date, Message-ID,
// Auto-Submitted (RFC 3834, so that nobody's absence notice answers), and the text as
// quoted-printable UTF-8. Takes only what keeps the rules of MailMessage: nothing in it can begin
// another header. `from`: a plain address.
std::string write_eml(const Letter& letter, std::string_view from);

}  // namespace gatehouse::host
