// SPDX-License-Identifier: Apache-2.0
#include "audit_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <gatehouse/body.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::audit {
namespace {

// Bytes of what strangers may choose, and of what plugins say.
constexpr std::size_t kMaxName = 1'024;
constexpr std::size_t kMaxDetail = 4'096;
constexpr std::size_t kMaxWord = 255;

constexpr std::size_t kSaltLength = 22;  // 128 bits and more

// Fields one behind another, each after its length, so that no two rows give the same bytes.
class Canonical {
 public:
  explicit Canonical(std::string_view kind) {
    bytes_.reserve(kUsual);
    add(kind);
  }
  Canonical& add(std::string_view text) {
    append(static_cast<std::int64_t>(text.size()));
    bytes_ += ':';
    bytes_ += text;
    return *this;
  }
  Canonical& add(std::int64_t number) {
    std::array<char, 24> digits;
    return add(digits_of(number, digits));
  }
  std::string digest() const { return sha256_hex(bytes_); }

 private:
  static constexpr std::size_t kUsual = 768;

  static std::string_view digits_of(std::int64_t number, std::array<char, 24>& digits) {
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    return {digits.data(), static_cast<std::size_t>(end - digits.data())};
  }
  void append(std::int64_t number) {
    std::array<char, 24> digits;
    bytes_ += digits_of(number, digits);
  }
  std::string bytes_;
};

std::string_view text_of(std::optional<bool> value) {
  if (!value) return "-";
  return *value ? "1" : "0";
}

}  // namespace

std::int64_t chain_of(const AuditRecord& record, Origin origin) {
  if (origin == Origin::Change && record.event.account > 0) return record.event.account;
  const std::string who =
      record.event.user != 0 ? std::to_string(record.event.user) : "name " + record.event.user_name;
  const auto digest = blake2b_128(who);
  return -1 - std::to_integer<std::int64_t>(digest.front()) % kSystemChains;
}

void make_storable(AuditRecord& record) {
  AuditEvent& event = record.event;
  gatehouse::make_storable(event.action, kMaxWord);
  gatehouse::make_storable(event.detail, kMaxDetail);
  gatehouse::make_storable(event.user_id, kMaxWord);
  gatehouse::make_storable(event.user_name, kMaxName);
  for (std::string& change : event.changes) gatehouse::make_storable(change, kMaxWord);
  AuditOrigin& origin = record.origin;
  gatehouse::make_storable(origin.actor_id, kMaxWord);
  gatehouse::make_storable(origin.actor_name, kMaxName);
  gatehouse::make_storable(origin.on_behalf_of_id, kMaxWord);
  gatehouse::make_storable(origin.method, kMaxWord);
  gatehouse::make_storable(origin.remote_address, kMaxWord);
  gatehouse::make_storable(origin.request_id, kMaxWord);
}

std::vector<PersonalPart> personal_parts(const AuditRecord& record, Random& random) {
  std::vector<PersonalPart> parts;
  const auto add = [&parts](
                       Part part, std::int64_t person, std::string_view id, std::string_view name) {
    const auto same = std::find_if(parts.begin(), parts.end(), [&](const PersonalPart& other) {
      return person != 0 && other.person == person;
    });
    const auto place = static_cast<std::size_t>(same - parts.begin());
    parts.push_back({static_cast<std::int64_t>(part), person, "", "", "", ""});
    PersonalPart& into = parts[place];
    if (into.id.empty()) into.id = id;
    if (into.name.empty()) into.name = name;
  };
  const AuditOrigin& origin = record.origin;
  const AuditEvent& event = record.event;
  // The address of somebody who is not signed in is most likely the user's whom they tried to be,
  // and goes with them.
  const bool is_strangers = origin.actor == 0;
  const bool names_user = event.user != 0 || !event.user_name.empty() || !event.user_id.empty();
  if (!is_strangers || (!names_user && !origin.remote_address.empty())) {
    add(Part::Actor, origin.actor, origin.actor_id, origin.actor_name);
    parts.front().address = origin.remote_address;
  }
  if (names_user) {
    add(Part::User, event.user, event.user_id, event.user_name);
    if (is_strangers) parts.front().address = origin.remote_address;
  }
  if (origin.on_behalf_of != 0) {
    add(Part::OnBehalfOf, origin.on_behalf_of, origin.on_behalf_of_id, "");
  }
  std::erase_if(parts,
                [](const PersonalPart& part) { return part.person == 0 && part.is_blank(); });
  // Drawn at once: each draw asks the kernel.
  const std::string salts = random.base62(kSaltLength * parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_blank()) parts[i].salt = salts.substr(kSaltLength * i, kSaltLength);
  }
  return parts;
}

StoredEvent to_event(const AuditRecord& record,
                     std::int64_t count,
                     const std::vector<PersonalPart>& personal) {
  StoredEvent event;
  event.at = record.at;
  event.action = record.event.action;
  event.outcome = static_cast<std::int64_t>(record.outcome);
  event.user_number = record.event.user;
  event.actor_number = record.origin.actor;
  event.on_behalf_of = record.origin.on_behalf_of;
  event.account = record.event.account;
  event.changes = encode_json(record.event.changes);
  event.detail = record.event.detail;
  event.count = count;
  event.request_id = record.origin.request_id;
  event.method = record.origin.method;
  event.active = record.event.active;
  event.roles_added = record.event.roles_added.bits();
  event.roles_removed = record.event.roles_removed.bits();
  for (const PersonalPart& part : personal) {
    if (part.is_blank()) continue;
    if (!event.personal.empty()) event.personal += ',';
    event.personal += format("{}:{}", part.part, digest_of(part));
  }
  return event;
}

std::string digest_of(const PersonalPart& part) {
  return Canonical("gatehouse audit personal 1")
      .add(part.salt)
      .add(part.part)
      .add(part.person)
      .add(part.id)
      .add(part.name)
      .add(part.address)
      .digest();
}

std::string_view digest_in(std::string_view personal, std::int64_t part) {
  const std::string key = std::to_string(part) + ":";
  while (!personal.empty()) {
    const std::string_view one = personal.substr(0, personal.find(','));
    if (one.starts_with(key)) return one.substr(key.size());
    personal.remove_prefix(std::min(one.size() + 1, personal.size()));
  }
  return {};
}

std::string hash_of(const StoredEvent& event, std::string_view previous) {
  return Canonical("gatehouse audit event 1")
      .add(previous)
      .add(event.number)
      .add(event.chain)
      .add(event.sequence)
      .add(event.at.time_since_epoch().count())
      .add(event.action)
      .add(event.outcome)
      .add(event.user_number)
      .add(event.actor_number)
      .add(event.on_behalf_of)
      .add(event.account)
      .add(event.changes)
      .add(event.detail)
      .add(event.count)
      .add(event.request_id)
      .add(event.method)
      .add(text_of(event.active))
      .add(event.roles_added)
      .add(event.roles_removed)
      .add(event.personal)
      .digest();
}

}  // namespace gatehouse::audit
