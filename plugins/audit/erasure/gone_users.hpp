// Users who were deleted while nobody listened, because the plugin was off: they are erased, too.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include <gatehouse/context.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/services/user_directory.hpp>
#include <gatehouse/storage.hpp>

#include "erasure.hpp"

namespace gatehouse::audit {

// Threads: any. Blocking: nothing but the database, in jobs that each read a bounded part of it.
class GoneUsers {
 public:
  // People of one job.
  static constexpr std::int64_t kBatch = 200;

  GoneUsers(Context& host, const Erasure& erasure) : host_(host), erasure_(erasure) {}

  // Begins to walk all people of whom there is anything in the trail; for those whom the directory
  // of users does not know, erasure is requested. Nothing without a directory.
  void find() { post(0); }

 private:
  void post(std::int64_t after);
  // The next people, behind the number `after`, which moves on; false when there are none left.
  Result<bool> go_on(const UserDirectory& users, std::int64_t& after) const;

  Context& host_;
  const Erasure& erasure_;
};

}  // namespace gatehouse::audit
