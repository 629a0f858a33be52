// The chunked transfer coding (RFC 9112 7.1), read so that it means the same however its bytes
// come. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::host {

// Extensions and trailers are read over, all of a body together at most kMaxReadOver bytes: nobody
// needs them, and a chunk of one byte with a long extension would be traffic without an end.
// Refused: anything but hex digits (at most 16) for a size, bare LF or CR, control characters, a
// trailer that is no "name: value".
// Threads: one at a time. Memory: none beyond the body.
class ChunkedBody {
 public:
  static constexpr std::size_t kMaxReadOver = 16 * 1024;
  enum class State : std::uint8_t { Unfinished, Complete, TooLarge, Malformed };

  // `limit`: of the body's bytes, all chunks together. A chunk beyond it is TooLarge as soon as its
  // size is known.
  explicit ChunkedBody(std::size_t limit) : room_(limit) {}

  // Returns how many bytes belong to the body; fewer than all only at its end or after a mistake.
  // Appends what they hold to `body`, null: to nothing.
  std::size_t feed(std::string_view bytes, std::string* body);
  State state() const { return state_; }

 private:
  enum class Place : std::uint8_t {
    SizeBegin,
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerBegin,
    TrailerName,
    Trailer,
    TrailerLf,
    LastLf,
  };

  void take(char c);
  void end_size(char c);
  bool is_read_over() const;
  void go_on(Place place) { place_ = place; }
  void expect(bool met, Place next);

  State state_ = State::Unfinished;
  Place place_ = Place::SizeBegin;
  std::uint64_t room_;      // bytes of body that may still come
  std::uint64_t size_ = 0;  // of the chunk, what is left of it in Data
  std::size_t digits_ = 0;  // of this chunk's size
  std::size_t read_over_ = 0;
};

}  // namespace gatehouse::host
