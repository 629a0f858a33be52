// SPDX-License-Identifier: Apache-2.0
#include "host/http/chunked.hpp"

#include <algorithm>

namespace gatehouse::host {
namespace {

constexpr std::size_t kMaxSizeDigits = 16;  // 64 bits

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f;
}

bool is_text(char c) {
  return c == '\t' || c == ' ' || is_visible(c);
}

}  // namespace

std::size_t ChunkedBody::feed(std::string_view bytes, std::string* body) {
  std::size_t used = 0;
  while (used < bytes.size() && state_ == State::Unfinished) {
    if (place_ != Place::Data) {
      take(bytes[used++]);
      continue;
    }
    const auto data = bytes.substr(
        used, static_cast<std::size_t>(std::min<std::uint64_t>(size_, bytes.size() - used)));
    if (body != nullptr) body->append(data);
    used += data.size();
    size_ -= data.size();
    if (size_ == 0) go_on(Place::DataCr);
  }
  return used;
}

void ChunkedBody::expect(bool met, Place next) {
  if (!met) state_ = State::Malformed;
  place_ = next;
}

bool ChunkedBody::is_read_over() const {
  return place_ == Place::Extension || place_ == Place::TrailerBegin ||
         place_ == Place::TrailerName || place_ == Place::Trailer || place_ == Place::TrailerLf;
}

void ChunkedBody::take(char c) {
  if (is_read_over() && ++read_over_ > kMaxReadOver) {
    state_ = State::Malformed;
    return;
  }
  switch (place_) {
    case Place::SizeBegin:
      size_ = digits_ = 0;
      [[fallthrough]];
    case Place::Size:
      if (const int digit = hex_value(c); digit >= 0 && ++digits_ <= kMaxSizeDigits) {
        size_ = size_ * 16 + static_cast<unsigned>(digit);
        return go_on(Place::Size);
      }
      return end_size(c);
    case Place::Extension:
      if (c == '\r') return go_on(Place::SizeLf);
      return expect(is_text(c), Place::Extension);
    case Place::SizeLf:
      return expect(c == '\n', size_ == 0 ? Place::TrailerBegin : Place::Data);
    case Place::Data:
      return;  // feed() takes it
    case Place::DataCr:
      return expect(c == '\r', Place::DataLf);
    case Place::DataLf:
      return expect(c == '\n', Place::SizeBegin);
    case Place::TrailerBegin:
      if (c == '\r') return go_on(Place::LastLf);
      return expect(is_visible(c) && c != ':', Place::TrailerName);
    case Place::TrailerName:
      return expect(is_visible(c), c == ':' ? Place::Trailer : Place::TrailerName);
    case Place::Trailer:
      if (c == '\r') return go_on(Place::TrailerLf);
      return expect(is_text(c), Place::Trailer);
    case Place::TrailerLf:
      return expect(c == '\n', Place::TrailerBegin);
    case Place::LastLf:
      state_ = c == '\n' ? State::Complete : State::Malformed;
      return;
  }
}

void ChunkedBody::end_size(char c) {
  if (place_ == Place::SizeBegin || (c != ';' && c != '\r')) {
    state_ = State::Malformed;
  } else if (size_ > room_) {
    state_ = State::TooLarge;
  } else {
    room_ -= size_;
    go_on(c == ';' ? Place::Extension : Place::SizeLf);
  }
}

}  // namespace gatehouse::host
