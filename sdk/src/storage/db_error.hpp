// What a database call failed with, sorted by what to do about it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>

#include <gatehouse/export.hpp>

namespace gatehouse::storage {

enum class GATEHOUSE_API DbErrorKind : std::uint8_t {
  Conflict,     // unique
  Invalid,      // foreign key, not null, check
  Retry,        // locked, serialization failure, deadlock: the same transaction may succeed
  Lost,         // the connection is gone, and what was not committed with it: another may do
  Unknown,      // it went during COMMIT: what was written may be stored or not
  Unavailable,  // away, full, read-only
  Internal,     // a bug
};

// `what()` never holds the values of parameters. `constraint` names what a Conflict or Invalid
// broke. Never leaves the SDK library: Db::run() turns it into a Result or a std::runtime_error.
class DbError : public std::runtime_error {
 public:
  DbError(DbErrorKind kind, const std::string& text, std::string constraint = {})
      : std::runtime_error(text), kind_(kind), constraint_(std::move(constraint)) {}
  DbErrorKind kind() const { return kind_; }
  const std::string& constraint() const { return constraint_; }

 private:
  DbErrorKind kind_;
  std::string constraint_;
};

}  // namespace gatehouse::storage
