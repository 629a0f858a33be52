// That a backup was put back, told to the trail. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::audit {

// Threads: any. Blocking: the database.
class Restores {
 public:
  explicit Restores(Context& host) : host_(host) {}

  // In the transaction of the restore, which may be done without the master keys: no event can be
  // sealed then.
  Result<None> keep(Session& db, std::int64_t epoch) const;
  // Tells of what was kept: one event each, `server.restored`.
  Result<None> tell() const;

 private:
  Context& host_;
};

}  // namespace gatehouse::audit
