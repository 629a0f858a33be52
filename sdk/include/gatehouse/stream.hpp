// An answer that is made while it is sent, for lists too long to be held in memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <gatehouse/result.hpp>

namespace gatehouse {

enum class Streaming : std::uint8_t { More, End };

// What a handler returns as Result<Stream> (status 200). `next` appends the next piece of the body
// to `out` and says whether there is more; a few KiB to 64 KiB serve best, kMaxStreamPiece is the
// limit, and More without a byte is a mistake. It is called again when the client has taken what
// there was, so a slow reader costs one piece of memory, whatever the length of the list.
//
// Ownership: the host's from then on. Destroyed at the end, or early: when the client leaves or
//            stops reading, when the server stops. Nothing is told but to destructors, which must
//            not block.
// Threads:   one at a time, on any worker, after the handler has returned: neither the Call nor
//            what the handler had on its stack lives any more.
// Blocking:  as a handler, with a handler's deadline for each call. Hold no session between calls:
//            read the next rows by the key of the last.
// Errors:    before the first piece is full, an Error (or an exception, as 500) is the answer.
//            After that it cannot be told; the connection is broken off, so that the client sees
//            that the answer is not whole. Either way it is logged.
struct Stream {
  std::string content_type;
  std::function<Result<Streaming>(std::string& out)> next;
};

inline constexpr std::size_t kMaxStreamPiece = 256 * 1024;

}  // namespace gatehouse
