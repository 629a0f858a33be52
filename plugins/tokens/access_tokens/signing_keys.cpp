// SPDX-License-Identifier: Apache-2.0
#include "signing_keys.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <gatehouse/bus.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::tokens {
namespace {

constexpr std::string_view kTopic = "tokens.signing_key";
constexpr std::string_view kPurpose = "signing_key";
constexpr std::int64_t kAll = 0;  // the one entry of the cache

SigningKey as_key(const SigningKeyRow& row, Es256Key key) {
  return {row.kid,
          row.x,
          row.y,
          row.signs_from,
          std::move(key),
          base64url_encode(format(R"({"alg":"ES256","typ":"at+jwt","kid":"{}"})", row.kid))};
}

}  // namespace

const SigningKey* KeySet::signer(Time now) const {
  const auto found = std::find_if(keys.rbegin(), keys.rend(), [now](const SigningKey& key) {
    return key.signs_from <= now && key.key.can_sign();
  });
  return found == keys.rend() ? nullptr : &*found;
}

const SigningKey* KeySet::find_by_header(std::string_view header) const {
  const auto found = std::find_if(
      keys.begin(), keys.end(), [header](const SigningKey& key) { return key.header == header; });
  return found == keys.end() ? nullptr : &*found;
}

SigningKeys::SigningKeys(Context& host, std::chrono::seconds life)
    : host_(host), life_(life), known_(host.bus(), host.metrics(), kTopic, 16) {}

Result<std::shared_ptr<const KeySet>> SigningKeys::all() {
  return known_.get(kAll, [this]() -> Result<std::shared_ptr<const KeySet>> {
    GATEHOUSE_TRY(KeySet set, host_.storage().read([this](Session& db) { return load(db); }));
    return std::make_shared<const KeySet>(std::move(set));
  });
}

Result<KeySet> SigningKeys::load(Session& db) const {
  GATEHOUSE_TRY(const auto rows, rows_.list(db));
  return build(rows);
}

// A key whose secret half is lost, or was altered, verifies still and signs no more.
KeySet SigningKeys::build(const std::vector<SigningKeyRow>& rows) const {
  KeySet set;
  for (const SigningKeyRow& row : rows) {
    Es256Key::Parts parts{
        base64url_decode(row.x).value_or(""), base64url_decode(row.y).value_or(""), {}};
    if (auto secret = host_.keys().open(kPurpose, row.sealed_secret)) {
      parts.secret = *std::move(secret);
    }
    auto key = Es256Key::from_parts(parts);
    if (!key && !parts.secret.empty()) {
      parts.secret.clear();
      key = Es256Key::from_parts(parts);
    }
    if (key) set.keys.push_back(as_key(row, *std::move(key)));
  }
  return set;
}

Result<SigningKey> SigningKeys::signer(Session& db, const KeySet& known, Time now) {
  if (const SigningKey* key = known.signer(now); key != nullptr) return *key;
  // Another instance may have made it meanwhile.
  GATEHOUSE_TRY(const KeySet stored, load(db));
  if (const SigningKey* key = stored.signer(now); key != nullptr) return *key;
  if (!stored.keys.empty()) {
    host_.log().warning("signing_key_lost",
                        "No key that signs access tokens can be opened with the master keys: a new "
                        "one is made");
  }
  return make(db, now, now);
}

Result<SigningKey> SigningKeys::make(Session& db, Time signs_from, Time now) {
  const Es256Key key = Es256Key::generate();
  const Es256Key::Parts parts = key.parts();
  SigningKeyRow row;
  row.kid = host_.random().base62(16);
  row.x = base64url_encode(parts.x);
  row.y = base64url_encode(parts.y);
  row.sealed_secret = host_.keys().seal(kPurpose, parts.secret);
  row.created_at = now;
  row.signs_from = signs_from;
  GATEHOUSE_CHECK(rows_.insert(db, row));
  GATEHOUSE_CHECK(publish(db));
  return as_key(row, key);
}

Result<None> SigningKeys::publish(Session& db) {
  return host_.bus().publish(db, kTopic, std::to_string(kAll));
}

Result<None> SigningKeys::begin() {
  return host_.storage().write([this](Session& db) -> Result<None> {
    GATEHOUSE_CHECK(signer(db, KeySet{}, host_.clock().now()));
    return None{};
  });
}

SigningKeys::Plan SigningKeys::plan(const KeySet& set, Time now) const {
  Plan plan;
  const SigningKey* newest = nullptr;  // of those that can sign
  for (const SigningKey& key : set.keys) {
    if (key.key.can_sign()) newest = &key;
  }
  if (set.signer(now) == nullptr) {
    plan.next_signs_from = now;
  } else if (newest->signs_from + life_ <= now + kPublishedBefore) {
    plan.next_signs_from = std::max(now + kPublishedBefore, newest->signs_from + life_);
  }
  for (const SigningKey& key : set.keys) {
    const bool is_followed = std::any_of(set.keys.begin(), set.keys.end(), [&](const auto& next) {
      return next.key.can_sign() && next.signs_from > key.signs_from &&
             next.signs_from + kVerifiesAfter <= now;
    });
    if (is_followed) plan.done.push_back(key.kid);
  }
  return plan;
}

void SigningKeys::rotate() {
  const Time now = host_.clock().now();
  const auto is_due = host_.storage().read([&](Session& db) -> Result<bool> {
    GATEHOUSE_TRY(const KeySet set, load(db));
    const Plan due = plan(set, now);
    return due.next_signs_from.has_value() || !due.done.empty();
  });
  if (!is_due || !*is_due) return;  // a database that is away is asked again in a minute
  const auto rotated = host_.storage().write([&](Session& db) -> Result<None> {
    GATEHOUSE_TRY(const KeySet set, load(db));
    const Plan due = plan(set, now);
    if (due.next_signs_from) GATEHOUSE_CHECK(make(db, *due.next_signs_from, now));
    for (const std::string& kid : due.done) GATEHOUSE_CHECK(rows_.erase(db, kid));
    return publish(db);
  });
  if (!rotated) {
    host_.log().warning("signing_key_not_rotated", "{}", rotated.error().message);
  } else {
    host_.log().info("signing_key_rotated", "The keys that sign access tokens have moved on");
  }
}

Result<None> SigningKeys::drop_all(Session& db) {
  GATEHOUSE_CHECK(rows_.erase_all(db));
  return publish(db);
}

}  // namespace gatehouse::tokens
