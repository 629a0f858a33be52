// Password hashing. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include <sodium.h>

#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/text.hpp>

#include "security/foreign_hash.hpp"
#include "security/hashing_slot.hpp"

namespace gatehouse {
namespace {

constexpr std::size_t kLongestPassword = 1'024;

constexpr std::string_view kNotHere =
    "a password was hashed where it is not allowed: declare the route hashing(), or let the "
    "authenticator answer that it needs hashing";

// An empty text may stand nowhere, and libsodium takes no null.
const char* start_of(std::string_view text) {
  return text.empty() ? "" : text.data();
}

bool is_password(std::string_view text) {
  return text.size() <= kLongestPassword && text.find('\0') == std::string_view::npos;
}

// Takes "name=number" and the character after it from the front of `text`.
std::optional<std::uint32_t> take_number(std::string_view& text,
                                         std::string_view name,
                                         char after) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stop == end || *stop != after) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
  return number;
}

// Takes the cost from the front of an Argon2id hash in PHC form; nothing for any other text.
std::optional<PasswordCost> take_cost(std::string_view& encoded) {
  constexpr std::string_view kPrefix = "$argon2id$v=19$";
  if (!encoded.starts_with(kPrefix)) return std::nullopt;
  encoded.remove_prefix(kPrefix.size());
  const auto memory = take_number(encoded, "m=", ',');
  const auto passes = memory ? take_number(encoded, "t=", ',') : std::nullopt;
  const auto lanes = passes ? take_number(encoded, "p=", '$') : std::nullopt;
  const bool can_be_made = lanes && *memory >= crypto_pwhash_MEMLIMIT_MIN / 1'024 &&
                           *passes >= crypto_pwhash_OPSLIMIT_MIN && *lanes == 1;
  if (!can_be_made) return std::nullopt;
  return PasswordCost{*memory, *passes};
}

constexpr std::size_t kDigestLength = 32;

// A hash taken apart.
struct Hash {
  PasswordCost cost;
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  std::array<unsigned char, kDigestLength> digest{};
};

template <std::size_t N>
bool decode(std::string_view text, std::array<unsigned char, N>& bytes) {
  std::size_t length = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(bytes.data(),
                                       bytes.size(),
                                       text.data(),
                                       text.size(),
                                       nullptr,
                                       &length,
                                       &end,
                                       sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  return failed == 0 && length == bytes.size() && end == text.data() + text.size();
}

std::optional<Hash> parse_hash(std::string_view encoded) {
  Hash hash;
  const auto cost = take_cost(encoded);
  const std::size_t dollar = encoded.find('$');
  if (!cost || dollar == std::string_view::npos) return std::nullopt;
  hash.cost = *cost;
  const bool read = decode(encoded.substr(0, dollar), hash.salt) &&
                    decode(encoded.substr(dollar + 1), hash.digest);
  if (!read) return std::nullopt;
  return hash;
}

template <std::size_t N>
std::string encode(const std::array<unsigned char, N>& bytes) {
  std::array<char, sodium_base64_ENCODED_LEN(N, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)> text{};
  return sodium_bin2base64(text.data(),
                           text.size(),
                           bytes.data(),
                           bytes.size(),
                           sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

// A hash of that cost that nothing was hashed to: random salt, random digest.
Hash random_hash(PasswordCost cost) {
  Hash hash;
  hash.cost = cost;
  randombytes_buf(hash.salt.data(), hash.salt.size());
  randombytes_buf(hash.digest.data(), hash.digest.size());
  return hash;
}

std::string decoy_of(PasswordCost cost) {
  const Hash hash = random_hash(cost);
  return format("$argon2id$v=19$m={},t={},p=1${}${}",
                cost.memory_kib,
                cost.passes,
                encode(hash.salt),
                encode(hash.digest));
}

std::array<unsigned char, kDigestLength> argon2id(const Hash& settings, std::string_view secret) {
  std::array<unsigned char, kDigestLength> digest{};
  const int failed = crypto_pwhash(digest.data(),
                                   digest.size(),
                                   start_of(secret),
                                   secret.size(),
                                   settings.salt.data(),
                                   settings.cost.passes,
                                   std::size_t{settings.cost.memory_kib} * 1'024,
                                   crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
  return digest;
}

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Adopted hashes are stored under the label of their cost: "bcrypt:12~$2b$12$...", and where that
// is too little as Argon2id of their digest, "over:19456:2:bcrypt:8~$2b$08$SALT~SALT~DIGEST".
constexpr char kSeparator = '~';
constexpr std::string_view kOver = "over:";

struct OverHash {
  foreign::Setting inner;
  Hash outer;
};

// Takes "over:19456:2:" from the front of a label.
std::optional<PasswordCost> take_over(std::string_view& label) {
  const auto memory = take_number(label, kOver, ':');
  const auto passes = memory ? take_number(label, "", ':') : std::nullopt;
  const bool can_be_made = passes && *memory >= crypto_pwhash_MEMLIMIT_MIN / 1'024 && *passes >= 1;
  if (!can_be_made) return std::nullopt;
  return PasswordCost{*memory, *passes};
}

std::string text_of(const OverHash& hash) {
  return format("over:{}:{}:{}~{}~{}~{}",
                hash.outer.cost.memory_kib,
                hash.outer.cost.passes,
                foreign::label(hash.inner),
                hash.inner.text,
                encode(hash.outer.salt),
                encode(hash.outer.digest));
}

std::optional<OverHash> parse_over(std::string_view stored) {
  const auto cost = take_over(stored);
  const std::size_t first = stored.find(kSeparator);
  const std::size_t last = stored.rfind(kSeparator);
  if (!cost || first == last) return std::nullopt;
  const std::size_t middle = stored.rfind(kSeparator, last - 1);
  if (middle == first) return std::nullopt;
  const auto inner =
      foreign::parse_setting(stored.substr(first + 1, middle - first - 1), stored.substr(0, first));
  OverHash hash;
  hash.outer.cost = *cost;
  const bool read = inner &&
                    decode(stored.substr(middle + 1, last - middle - 1), hash.outer.salt) &&
                    decode(stored.substr(last + 1), hash.outer.digest);
  if (!read) return std::nullopt;
  hash.inner = *inner;
  return hash;
}

std::optional<foreign::Hash> parse_labelled(std::string_view stored) {
  const std::size_t separator = stored.find(kSeparator);
  if (separator == std::string_view::npos) return std::nullopt;
  auto hash = foreign::parse(stored.substr(separator + 1));
  if (!hash || foreign::label(hash->setting) != stored.substr(0, separator)) return std::nullopt;
  return *std::move(hash);
}

bool verify_adopted(std::string_view stored, std::string_view password) {
  if (const auto over = parse_over(stored)) {
    const auto inner = foreign::digest(over->inner, password);
    const auto outer = argon2id(over->outer, inner.value_or(""));
    return inner && sodium_memcmp(outer.data(), over->outer.digest.data(), outer.size()) == 0;
  }
  const auto hash = parse_labelled(stored);
  if (!hash) return false;
  const auto digest = foreign::digest(hash->setting, password);
  return digest && equal(*digest, hash->digest);
}

// What is stored comes back as it is, when an export is imported, within the same bounds as if it
// were made here: false for what is in no form that is stored.
Result<bool> is_stored_form(std::string_view encoded) {
  if (const auto over = parse_over(encoded)) {
    const PasswordCost cost = over->outer.cost;
    foreign::Setting outer;
    outer.scheme = foreign::Scheme::Argon2id;
    outer.cost = {cost.memory_kib, cost.passes, 1, kDigestLength};
    GATEHOUSE_CHECK(foreign::check_cost(outer));
    if (is_strong_enough(cost)) return true;
    return Error{ErrorCode::InvalidArgument,
                 "invalid_hash",
                 "is hashed once more with less than 19 MiB and 2 passes of Argon2id",
                 {},
                 {}};
  }
  const auto labelled = parse_labelled(encoded);
  return labelled && foreign::is_strong_enough(labelled->setting);
}

// A random adopted hash with the cost that stands before the separator.
std::optional<std::string> adopted_decoy(std::string_view label) {
  const auto over = label.starts_with(kOver) ? take_over(label) : std::nullopt;
  const auto text = foreign::random_hash(label);
  if (!text) return std::nullopt;
  if (!over) return std::string(label) + kSeparator + *text;
  auto made = foreign::parse(*text);
  if (!made) return std::nullopt;
  return text_of({std::move(made->setting), random_hash(*over)});
}

}  // namespace

bool is_strong_enough(PasswordCost cost) {
  constexpr std::uint32_t kMiB = 1'024;
  switch (cost.passes) {
    case 0:
      return false;
    case 1:
      return cost.memory_kib >= 46 * kMiB;
    case 2:
      return cost.memory_kib >= 19 * kMiB;
    default:
      return cost.memory_kib >= 12 * kMiB;
  }
}

Argon2Passwords::Argon2Passwords(PasswordCost cost) : cost_(cost) {
  if (!is_strong_enough(cost)) throw std::invalid_argument("the cost of passwords is too low");
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

std::string Argon2Passwords::hash(std::string_view password) {
  const HashingSlot slot(kNotHere);
  if (!is_password(password)) throw std::invalid_argument("not a password that can be hashed");
  std::array<char, crypto_pwhash_STRBYTES> encoded{};
  const int failed = crypto_pwhash_str_alg(encoded.data(),
                                           start_of(password),
                                           password.size(),
                                           cost_.passes,
                                           std::size_t{cost_.memory_kib} * 1'024,
                                           crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
  return encoded.data();
}

// Not by crypto_pwhash_str_verify(), for which a wrong password and too little memory are the same.
bool Argon2Passwords::verify(std::string_view encoded, std::string_view password) {
  const HashingSlot slot(kNotHere);
  if (!is_password(password)) return false;
  if (encoded.find(kSeparator) != std::string_view::npos) return verify_adopted(encoded, password);
  const auto hash = parse_hash(encoded);
  if (!hash) return false;
  const auto digest = argon2id(*hash, password);
  return sodium_memcmp(digest.data(), hash->digest.data(), digest.size()) == 0;
}

bool Argon2Passwords::is_weak(std::string_view encoded) const {
  const auto cost = take_cost(encoded);
  return !cost || cost->memory_kib < cost_.memory_kib || cost->passes < cost_.passes;
}

std::string Argon2Passwords::decoy() const {
  return decoy_of(cost_);
}

std::string Argon2Passwords::decoy_like(std::string_view encoded) const {
  const std::size_t separator = encoded.find(kSeparator);
  if (separator != std::string_view::npos) {
    return adopted_decoy(encoded.substr(0, separator)).value_or(decoy());
  }
  return decoy_of(take_cost(encoded).value_or(cost_));
}

Result<None> Argon2Passwords::judge_foreign(std::string_view encoded) const {
  GATEHOUSE_TRY(const bool stored, is_stored_form(encoded));
  if (!stored) GATEHOUSE_CHECK(foreign::parse(encoded));
  return None{};
}

Result<std::string> Argon2Passwords::adopt(std::string_view encoded) {
  const HashingSlot slot(kNotHere);
  GATEHOUSE_TRY(const bool stored, is_stored_form(encoded));
  if (stored) return std::string(encoded);
  GATEHOUSE_TRY(auto hash, foreign::parse(encoded));
  if (foreign::is_strong_enough(hash.setting)) {
    if (parse_hash(encoded)) return std::string(encoded);
    return foreign::label(hash.setting) + kSeparator + std::string(encoded);
  }
  OverHash over{std::move(hash.setting), random_hash(cost_)};
  over.outer.digest = argon2id(over.outer, hash.digest);
  return text_of(over);
}

std::string Argon2Passwords::original(std::string_view stored) const {
  if (!parse_labelled(stored)) return std::string(stored);
  return std::string(stored.substr(stored.find(kSeparator) + 1));
}

}  // namespace gatehouse
