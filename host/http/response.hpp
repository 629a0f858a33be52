// An Answer as the bytes of an HTTP/1.1 response. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include <gatehouse/call.hpp>

namespace gatehouse::host {

enum class Persistence : std::uint8_t {
  Keep,       // HTTP/1.1's default: nothing is said
  KeepAsked,  // HTTP/1.0 that asked for it: "keep-alive"
  Close,
};

// How the client finds the body's end.
enum class BodyLength : std::uint8_t {
  Known,  // Content-Length
  Chunked,
  UntilClose,
};

// Whether the answer can be sent: a status of 200 to 599, no body where the status has none, header
// names that are tokens, values without CR, LF or NUL, and none of the fields by which the engine
// frames (Connection, Content-Length, Date, Transfer-Encoding).
bool is_sendable(const Answer& answer);
// What stands against it, for the log: "status 99", "header 'Content-Length'"; "" when nothing
// does.
std::string unsendable_part(const Answer& answer);

// Appends status line and fields, up to and with the blank line. Requires is_sendable(). `date` is
// an IMF-fixdate. 204 and 304 get no Content-Length.
void append_head(std::string& out,
                 const Answer& answer,
                 Persistence persistence,
                 std::string_view date,
                 BodyLength length = BodyLength::Known);

// Appends one chunk of a chunked body; `bytes` must not be empty, since that would be the end.
void append_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Whether the status has no body (204, 304), whatever the answer holds.
bool is_bodiless(int status);

// "Sat, 21 Nov 2026 17:10:47 GMT" for seconds since 1970.
std::string imf_fixdate(long long seconds);

}  // namespace gatehouse::host
