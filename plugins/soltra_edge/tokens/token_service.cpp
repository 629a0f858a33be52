// SPDX-License-Identifier: Apache-2.0
#include "token_service.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <gatehouse/bcrypt.hpp>
#include <gatehouse/beside_request.hpp>
#include <gatehouse/events.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::soltra_edge {
namespace {

constexpr unsigned kBcryptCost = 10;  // of the hashes in seed document 004

}  // namespace

void TokenService::listen() {
  Events& events = host_.events();
  events.subscribe<ApiTokenEnded>(
      [this](Session& db, const ApiTokenEnded& event) { return hashes_.drop(db, event.id); });
  // What there is now is a token of /v1, whose secret was told there.
  events.subscribe<ApiTokenRotated>(
      [this](Session& db, const ApiTokenRotated& event) { return hashes_.drop(db, event.id); });
  events.subscribe<UserDeleted>(
      [this](Session& db, const UserDeleted& event) { return hashes_.drop_of(db, event.number); });
}

ApiTokens& TokenService::tokens() const {
  return host_.services().require<ApiTokens>();
}

Result<TokenService::Page> TokenService::list(const Principal& who,
                                              const IdOrNumber& user,
                                              std::int64_t offset,
                                              std::int64_t limit) const {
  return host_.storage().read([&](Session& db) -> Result<Page> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    GATEHOUSE_TRY(auto records, tokens().list(db, who, owner.number));
    std::map<std::string, std::string, std::less<>> hashes;
    if (publish_hash_) {
      GATEHOUSE_TRY(auto rows, hashes_.list(db, owner.number));
      for (TokenHash& row : rows) hashes.emplace(std::move(row.token_id), std::move(row.hash));
    }
    Page page;
    page.owner = owner.id;
    page.total = static_cast<std::int64_t>(records.size());
    const std::int64_t begin = std::min(offset, page.total);
    const std::int64_t end = begin + std::min(limit, page.total - begin);
    for (std::int64_t i = begin; i < end; ++i) {
      ApiTokenRecord& record = records[static_cast<std::size_t>(i)];
      std::string hash = std::move(hashes[record.id]);
      page.tokens.push_back({std::move(record), owner.id, std::move(hash)});
    }
    return page;
  });
}

Result<ShownToken> TokenService::show(Session& db,
                                      ApiTokenRecord record,
                                      std::string_view owner) const {
  ShownToken shown{std::move(record), std::string(owner), ""};
  if (!publish_hash_) return shown;
  GATEHOUSE_TRY(const auto hash, hashes_.find(db, shown.record.id));
  if (hash) shown.hash = hash->hash;
  return shown;
}

Result<ShownToken> TokenService::find(const Principal& who,
                                      const IdOrNumber& user,
                                      std::string_view id) const {
  return host_.storage().read([&](Session& db) -> Result<ShownToken> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    GATEHOUSE_TRY(auto record, tokens().find(db, who, owner.number, id));
    return show(db, std::move(record), owner.id);
  });
}

Result<TokenService::Made> TokenService::create(const Principal& who,
                                                const IdOrNumber& user,
                                                std::string_view title) const {
  struct Minted {
    MintedApiToken token;
    std::string owner;
  };
  GATEHOUSE_TRY(auto minted, host_.storage().write([&](Session& db) -> Result<Minted> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    ApiTokenDraft draft{std::string(title)};
    draft.scopes = who.scopes;  // more would be refused, and a client cannot ask for less
    draft.format = ApiTokenFormat::Hex40;
    draft.made_on = mount_;
    GATEHOUSE_TRY(auto made, tokens().mint(db, who, owner.number, draft));
    return Minted{std::move(made), owner.id};
  }));
  std::string hash = publish_hash_ ? publish(who, minted.token) : "";
  return Made{{std::move(minted.token.record), std::move(minted.owner), std::move(hash)},
              std::move(minted.token.secret)};
}

// Hashing takes its time, in which no transaction is to be open. The token stands by then: without
// its hash it shows "", as one that was made elsewhere.
std::string TokenService::publish(const Principal& who, const MintedApiToken& made) const {
  BcryptSalt salt{};
  host_.random().fill(salt);
  const TokenHash row{made.record.id, made.record.user, bcrypt(made.secret, salt, kBcryptCost)};
  const BesideRequest beside;
  const auto kept = host_.storage().write([&](Session& db) -> Result<None> {
    // It may have ended meanwhile, and its hash must not stay behind.
    GATEHOUSE_CHECK(tokens().find(db, who, row.user_number, row.token_id));
    return hashes_.insert(db, row);
  });
  if (kept) return row.hash;
  host_.log().warning("token_hash_lost",
                      "The hash of the new token {} could not be kept, and is shown as \"\": {}",
                      row.token_id,
                      kept.error().message);
  return "";
}

Result<ShownToken> TokenService::set_active(const Principal& who,
                                            const IdOrNumber& user,
                                            std::string_view id,
                                            bool active) const {
  return host_.storage().write([&](Session& db) -> Result<ShownToken> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    ApiTokenChange change;
    change.active = active;
    GATEHOUSE_TRY(auto record, tokens().change(db, who, owner.number, id, change));
    return show(db, std::move(record), owner.id);
  });
}

Result<None> TokenService::remove(const Principal& who,
                                  const IdOrNumber& user,
                                  std::string_view id) const {
  return host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const UserRecord owner, users_.find(db, who, user));
    return tokens().remove(db, who, owner.number, id);
  });
}

}  // namespace gatehouse::soltra_edge
