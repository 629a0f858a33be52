// What a session is inside the plugin. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse::tokens {

// A row. It holds nothing that opens anything: the key of the family is sealed, the token a digest.
struct StoredSession {
  std::string id;
  std::int64_t user_number = 0;
  std::string mount;
  std::string method;  // how the user signed in: "session", "form"
  std::optional<std::string>
      scopes;  // with a blank between them; nothing: all that the roles allow
  Time created_at;
  std::optional<Time> signed_in_at;  // when a password was last shown for it
  std::string remote_address;
  std::string user_agent;
  Time last_used_at;
  std::string last_used_address;
  Time idle_until;  // it ends then unless it is refreshed; never after expires_at
  Time expires_at;
  std::int64_t user_epoch = 0;  // of the user, and of the deployment, when it was opened
  std::int64_t deployment_epoch = 0;
  std::optional<std::string> family_key;  // of refresh tokens, sealed
  std::int64_t generation = 0;            // of the refresh token that was given last
  Time rotated_at;                        // when it was given
  std::optional<std::string> token_digest;
};
BOOST_DESCRIBE_STRUCT(StoredSession,
                      (),
                      (id,
                       user_number,
                       mount,
                       method,
                       scopes,
                       created_at,
                       signed_in_at,
                       remote_address,
                       user_agent,
                       last_used_at,
                       last_used_address,
                       idle_until,
                       expires_at,
                       user_epoch,
                       deployment_epoch,
                       family_key,
                       generation,
                       rotated_at,
                       token_digest))

inline bool is_over(const StoredSession& session, Time now) {
  return now >= session.idle_until || now >= session.expires_at;
}

}  // namespace gatehouse::tokens
