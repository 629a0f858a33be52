// Tokens of a user as this mount shows and makes them, over gatehouse/services/api_tokens.hpp,
// which judges rights.
//
// Threads:  any.
// Blocking: the database; create() a hash where hashes are published, on a route with
//           Route::hashing().
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/services/api_tokens.hpp>

#include "token_hash_repository.hpp"
#include "users/user_service.hpp"

namespace gatehouse::soltra_edge {

// A token and what is shown beside it.
struct ShownToken {
  ApiTokenRecord record;
  std::string owner;  // the user's id
  std::string hash;   // "" of tokens that were made elsewhere, and where hashes are not published
};

class TokenService {
 public:
  // All live as long as the service.
  TokenService(Context& host,
               const UserService& users,
               const TokenHashRepository& hashes,
               const std::string& mount,
               bool publish_hash)
      : host_(host), users_(users), hashes_(hashes), mount_(mount), publish_hash_(publish_hash) {}

  // Only in Plugin::wire(): hashes go with their tokens and users.
  void listen();
  // Whether create() hashes.
  bool publishes_hashes() const { return publish_hash_; }

  struct Page {
    std::vector<ShownToken> tokens;
    std::string owner;
    std::int64_t total = 0;  // on all pages
  };
  // Of the five: NotFound and PermissionDenied; what ApiTokens says otherwise.
  //
  // The newest first.
  Result<Page> list(const Principal& who,
                    const IdOrNumber& user,
                    std::int64_t offset,
                    std::int64_t limit) const;
  Result<ShownToken> find(const Principal& who, const IdOrNumber& user, std::string_view id) const;
  struct Made {
    ShownToken token;
    std::string secret;
  };
  Result<Made> create(const Principal& who, const IdOrNumber& user, std::string_view title) const;
  Result<ShownToken> set_active(const Principal& who,
                                const IdOrNumber& user,
                                std::string_view id,
                                bool active) const;
  Result<None> remove(const Principal& who, const IdOrNumber& user, std::string_view id) const;

 private:
  ApiTokens& tokens() const;
  Result<ShownToken> show(Session& db, ApiTokenRecord record, std::string_view owner) const;
  std::string publish(const Principal& who, const MintedApiToken& made) const;
  Context& host_;
  const UserService& users_;
  const TokenHashRepository& hashes_;
  const std::string& mount_;
  const bool publish_hash_;
};

}  // namespace gatehouse::soltra_edge
