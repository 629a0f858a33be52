// Idempotency-Key: a POST that is sent again is done once (security.md 19). The SDK's own table
// has, for each key, what was asked and what was answered. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/storage.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::runtime {

// What a route makes of the header.
enum class KeyUse : std::uint8_t {
  Kept,    // the answer is kept, and given again
  Secret,  // the answer holds a secret: only its status and what it made are kept
  Ignored,
};

// The answer to a POST that has been carried out.
struct StoredAnswer {
  std::string fingerprint;
  std::string rights;  // of who asked, as Request::rights
  std::int64_t status = 0;
  std::string content_type;
  std::optional<std::string> body;  // nothing: not kept
  bool secret = false;
  std::optional<std::string> location;
  std::optional<std::string> etag;
};

// Threads: any. Blocking: the database.
class Idempotency {
 public:
  static constexpr std::size_t kMaxBody = 64 * 1024;
  static constexpr std::size_t kBatch = 500;

  // All outlive it.
  Idempotency(Db& db, const Clock& clock, const KeyRing& keys)
      : db_(db), clock_(clock), keys_(keys) {}

  // Who asked for what. The key counts for nobody else and nowhere else.
  struct Request {
    std::int64_t user = 0;
    std::int64_t actor = 0;
    std::string_view method;
    std::string_view pattern;
    std::string_view path;
    std::string_view query;
    std::string_view body;
    std::string_view key;
    std::string rights = {};  // rights_digest() of who asks
  };

  // A request with a key, while it is worked on: nobody else in this process begins with that key.
  class Attempt {
   public:
    Attempt(Idempotency& all, std::string id) : all_(all), id_(std::move(id)) {}
    ~Attempt();
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

    // What was answered before; the request must not be carried out again.
    const std::optional<StoredAnswer>& before() const { return before_; }
    // Whether who asks has the rights that were asked with then: only the route's permission has
    // been judged again, and what else the handler would look at (fields, visibility) has not.
    bool has_same_rights() const { return before_ && before_->rights == rights_; }

    // Inside the request's transaction. Conflict: another instance was quicker.
    Result<None> store(Session& session, const Answer& answer, bool whole, KeyUse use) const;

   private:
    friend class Idempotency;
    Idempotency& all_;
    const std::string id_;
    std::string fingerprint_;
    std::string rights_;
    std::optional<StoredAnswer> before_;
  };

  // Malformed bad_idempotency_key; Conflict idempotency_in_progress; InvalidArgument
  // idempotency_key_reused, for a key that came with another body; Unavailable.
  Result<std::unique_ptr<Attempt>> begin(const Request& request);

  // Forgets what is older than its 24 hours, in batches with a transaction each.
  void prune();

 private:
  bool claim(const std::string& id);
  void release(const std::string& id);
  std::string fingerprint(const Request& request) const;
  bool is_fingerprint(std::string_view stored, const Request& request) const;

  Db& db_;
  const Clock& clock_;
  const KeyRing& keys_;
  std::mutex mutex_;
  std::unordered_set<std::string> in_progress_;  // ids; guarded by mutex_
};

// What a principal may do, as a digest: another one when anything of it changes.
std::string rights_digest(const Principal& who);

// The key that the client sent, if any; Malformed bad_idempotency_key when it is none.
Result<std::optional<std::string_view>> read_idempotency_key(
    const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace gatehouse::runtime
