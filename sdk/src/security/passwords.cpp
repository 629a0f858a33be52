// Password hashing and the rule of where it may happen. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include <sodium.h>

#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

thread_local bool hashing_allowed = false;

constexpr std::size_t kLongestPassword = 1'024;

void require_permission() {
  if (!hashing_allowed) {
    throw std::logic_error(
        "a password was hashed where it is not allowed: declare the route hashing(), or let the "
        "authenticator answer that it needs hashing");
  }
}

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

// A hash of that cost that nothing was hashed to: random salt, random digest.
std::string decoy_of(PasswordCost cost) {
  const auto random_base64 = [](std::size_t bytes) {
    std::array<unsigned char, kDigestLength> random{};
    randombytes_buf(random.data(), bytes);
    std::array<char,
               sodium_base64_ENCODED_LEN(kDigestLength, sodium_base64_VARIANT_ORIGINAL_NO_PADDING)>
        text{};
    return std::string(sodium_bin2base64(
        text.data(), text.size(), random.data(), bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING));
  };
  return format("$argon2id$v=19$m={},t={},p=1${}${}",
                cost.memory_kib,
                cost.passes,
                random_base64(crypto_pwhash_SALTBYTES),
                random_base64(kDigestLength));
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

HashingAllowed::HashingAllowed() : before_(std::exchange(hashing_allowed, true)) {}
HashingAllowed::~HashingAllowed() {
  hashing_allowed = before_;
}

Argon2Passwords::Argon2Passwords(PasswordCost cost) : cost_(cost) {
  if (!is_strong_enough(cost)) throw std::invalid_argument("the cost of passwords is too low");
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

std::string Argon2Passwords::hash(std::string_view password) {
  require_permission();
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
  require_permission();
  const auto hash = parse_hash(encoded);
  if (!hash || !is_password(password)) return false;
  std::array<unsigned char, kDigestLength> digest{};
  const int failed = crypto_pwhash(digest.data(),
                                   digest.size(),
                                   start_of(password),
                                   password.size(),
                                   hash->salt.data(),
                                   hash->cost.passes,
                                   std::size_t{hash->cost.memory_kib} * 1'024,
                                   crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) throw std::bad_alloc();
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
  return decoy_of(take_cost(encoded).value_or(cost_));
}

}  // namespace gatehouse
