// Reading the formats; foreign_digest.cpp computes them. SPDX-License-Identifier: Apache-2.0
#include "security/foreign_hash.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include <sodium.h>

#include <gatehouse/digest.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::foreign {
namespace {

constexpr std::size_t kLongestText = 512;
constexpr std::string_view kCrypt64 =
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// The dearest that one sign-in may get: a few seconds of a slow core, and 256 MiB.
constexpr std::uint32_t kMaxBcryptCost = 15;
constexpr std::uint32_t kMinShaCryptRounds = 1'000;  // libcrypt knows no fewer
constexpr std::uint32_t kMaxRounds = 5'000'000;      // of sha*-crypt and PBKDF2
constexpr std::uint64_t kMaxScryptBytes = 128u << 20;
constexpr std::uint64_t kMaxScryptWork = 1u << 22;  // N * r * p
constexpr std::uint32_t kMaxArgon2Kib = 256u << 10;
constexpr std::uint64_t kMaxArgon2Work = 2u << 20;  // KiB * passes
constexpr std::uint32_t kMaxArgon2Lanes = 16;

Error wrong(std::string_view what) {
  return {ErrorCode::InvalidArgument, "invalid_hash", std::string(what), {}, {}};
}

Error too_dear(std::string_view limit) {
  return wrong(format("costs more than a sign-in may take: {} at most", limit));
}

// Takes a text apart from its front; the first thing that is not there fails all that follows.
class Scan {
 public:
  explicit Scan(std::string_view text) : all_(text), rest_(text) {}

  Scan& word(std::string_view expected) {
    if (good_ && rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      good_ = false;
    }
    return *this;
  }
  // Without sign or leading zeros.
  Scan& number(std::uint32_t& value) {
    const char* end = rest_.data() + rest_.size();
    const auto [stop, problem] = std::from_chars(rest_.data(), end, value);
    good_ = good_ && problem == std::errc{} && rest_.front() != '0';
    if (good_) rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
    return *this;
  }
  // The longest run of these characters.
  Scan& run(std::string_view characters, std::size_t least, std::size_t most, std::string& taken) {
    const std::size_t length = std::min(rest_.find_first_not_of(characters), rest_.size());
    good_ = good_ && length >= least && length <= most;
    if (!good_) return *this;
    taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return *this;
  }
  // What a salt that stands for itself may be made of, up to `end`.
  Scan& plain_salt(char end, std::string& taken) {
    const std::size_t length = rest_.find(end);
    good_ = good_ && length != rest_.npos && length >= 1 && length <= 64;
    if (!good_) return *this;
    taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return *this;
  }

  bool good() const { return good_; }
  bool ended() const { return good_ && rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::string_view taken() const { return all_.substr(0, all_.size() - rest_.size()); }

 private:
  std::string_view all_;
  std::string_view rest_;
  bool good_ = true;
};

enum class Base64 : std::uint8_t { Padded, Unpadded, Crypt };  // Crypt: "." for "+", unpadded

std::optional<std::string> unbase64(std::string_view text, Base64 kind) {
  std::string standard(text);
  for (char& c : standard) {
    if (kind != Base64::Crypt) break;
    if (c == '+') return std::nullopt;
    if (c == '.') c = '+';
  }
  std::string bytes(standard.size(), '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                        bytes.size(),
                        standard.data(),
                        standard.size(),
                        nullptr,
                        &length,
                        &end,
                        kind == Base64::Padded ? sodium_base64_VARIANT_ORIGINAL
                                               : sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  if (failed != 0 || end != standard.data() + standard.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

std::optional<std::string> unhex(std::string_view text) {
  if (text.find_first_not_of("0123456789abcdef") != text.npos) return std::nullopt;
  std::string bytes(text.size() / 2, '\0');
  const int failed = sodium_hex2bin(reinterpret_cast<unsigned char*>(bytes.data()),
                                    bytes.size(),
                                    text.data(),
                                    text.size(),
                                    nullptr,
                                    nullptr,
                                    nullptr);
  if (failed != 0 || text.size() % 2 != 0) return std::nullopt;
  return bytes;
}

// How the digest after a setting is written.
enum class Writing : std::uint8_t { Crypt, Hex, Padded, Unpadded, CryptBase64 };

struct Format {
  Scheme scheme;
  std::string_view prefix;
  Writing digest;
  std::size_t digest_length;  // of bytes, or of libcrypt's characters; 0: 16, 32, 48, 64
};
// No prefix is the beginning of another.
constexpr Format kFormats[] = {
    {Scheme::Bcrypt, "$2a$", Writing::Crypt, 31},
    {Scheme::Bcrypt, "$2b$", Writing::Crypt, 31},
    {Scheme::Bcrypt, "$2y$", Writing::Crypt, 31},
    {Scheme::Sha256Crypt, "$5$", Writing::Crypt, 43},
    {Scheme::Sha512Crypt, "$6$", Writing::Crypt, 86},
    {Scheme::Yescrypt, "$y$", Writing::Crypt, 43},
    {Scheme::GostYescrypt, "$gy$", Writing::Crypt, 43},
    {Scheme::Pbkdf2Sha1, "$pbkdf2$", Writing::CryptBase64, 20},
    {Scheme::Pbkdf2Sha256, "$pbkdf2-sha256$", Writing::CryptBase64, 32},
    {Scheme::Pbkdf2Sha512, "$pbkdf2-sha512$", Writing::CryptBase64, 64},
    {Scheme::Pbkdf2Sha1, "pbkdf2_sha1$", Writing::Padded, 20},
    {Scheme::Pbkdf2Sha256, "pbkdf2_sha256$", Writing::Padded, 32},
    {Scheme::Pbkdf2Sha1, "pbkdf2:sha1:", Writing::Hex, 20},
    {Scheme::Pbkdf2Sha256, "pbkdf2:sha256:", Writing::Hex, 32},
    {Scheme::Pbkdf2Sha512, "pbkdf2:sha512:", Writing::Hex, 64},
    {Scheme::Scrypt, "scrypt:", Writing::Hex, 64},
    {Scheme::Argon2id, "$argon2id$", Writing::Unpadded, 0},
    {Scheme::Argon2id, "argon2$argon2id$", Writing::Unpadded, 0},
};

const Format* find_format(std::string_view text) {
  for (const Format& format : kFormats) {
    if (text.starts_with(format.prefix)) return &format;
  }
  return nullptr;
}

// The digits of one character, as libcrypt writes parameters of yescrypt.
std::uint32_t crypt_digit(std::string_view one) {
  return static_cast<std::uint32_t>(kCrypt64.find(one.front()));
}

void scan_bcrypt(Scan& scan, Setting& setting) {
  std::string digits;
  scan.run("0123456789", 2, 2, digits).word("$");
  if (!scan.good()) return;
  setting.cost[0] = static_cast<std::uint32_t>((digits[0] - '0') * 10 + (digits[1] - '0'));
  // Salt and digest are not divided.
  if (scan.rest().size() < 22) {
    scan.word("?");
    return;
  }
  const std::string_view salted = scan.rest().substr(0, 22);
  if (salted.find_first_not_of(kCrypt64) != salted.npos) scan.word("?");
  scan.word(salted);
}

void scan_sha_crypt(Scan& scan, Setting& setting) {
  std::string salt;
  setting.cost[0] = 5'000;
  if (scan.rest().starts_with("rounds=")) {
    scan.word("rounds=").number(setting.cost[0]).word("$");
  }
  scan.run(kCrypt64, 1, 16, salt).word("$");
}

// "j", N and r in one character each, and 16 bytes of salt: what crypt_gensalt() makes.
void scan_yescrypt(Scan& scan, Setting& setting) {
  std::string parameters;
  std::string salt;
  scan.run(kCrypt64, 3, 3, parameters).word("$").run(kCrypt64, 22, 22, salt).word("$");
  if (!scan.good()) return;
  setting.cost[0] = crypt_digit(parameters.substr(1, 1)) + 1;
  setting.cost[1] = crypt_digit(parameters.substr(2, 1)) + 1;
  if (parameters[0] != 'j' || (setting.cost[1] != 8 && setting.cost[1] != 32)) scan.word("?");
}

void scan_pbkdf2(Scan& scan, Setting& setting, Writing writing) {
  scan.number(setting.cost[0]).word("$");
  if (writing != Writing::CryptBase64) {
    scan.plain_salt('$', setting.salt).word("$");
    return;
  }
  std::string salt;
  scan.plain_salt('$', salt).word("$");
  const auto bytes = unbase64(salt, Base64::Crypt);
  if (!bytes || bytes->empty()) scan.word("?");
  setting.salt = bytes.value_or("");
}

void scan_scrypt(Scan& scan, Setting& setting) {
  auto& [n, r, p, unused] = setting.cost;
  scan.number(n).word(":").number(r).word(":").number(p).word("$");
  scan.plain_salt('$', setting.salt).word("$");
  if (n < 2 || (n & (n - 1)) != 0) scan.word("?");
}

void scan_argon2(Scan& scan, Setting& setting) {
  auto& [memory, passes, lanes, length] = setting.cost;
  std::string salt;
  scan.word("v=19$m=").number(memory).word(",t=").number(passes).word(",p=").number(lanes);
  scan.word("$").plain_salt('$', salt).word("$");
  const auto bytes = unbase64(salt, Base64::Unpadded);
  if (!bytes || bytes->size() < 8 || memory < 8 * std::uint64_t{lanes}) scan.word("?");
  setting.salt = bytes.value_or("");
}

void scan_setting(Scan& scan, const Format& format, Setting& setting) {
  setting.scheme = format.scheme;
  scan.word(format.prefix);
  switch (format.scheme) {
    case Scheme::Bcrypt:
      scan_bcrypt(scan, setting);
      break;
    case Scheme::Sha256Crypt:
    case Scheme::Sha512Crypt:
      scan_sha_crypt(scan, setting);
      break;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      scan_yescrypt(scan, setting);
      break;
    case Scheme::Pbkdf2Sha1:
    case Scheme::Pbkdf2Sha256:
    case Scheme::Pbkdf2Sha512:
      scan_pbkdf2(scan, setting, format.digest);
      break;
    case Scheme::Scrypt:
      scan_scrypt(scan, setting);
      break;
    case Scheme::Argon2id:
      scan_argon2(scan, setting);
      break;
  }
  setting.text = scan.taken();
}

std::optional<std::string> read_digest(std::string_view text, const Format& format) {
  std::optional<std::string> bytes;
  switch (format.digest) {
    case Writing::Crypt:
      if (text.find_first_not_of(kCrypt64) == text.npos) bytes = std::string(text);
      break;
    case Writing::Hex:
      bytes = unhex(text);
      break;
    case Writing::Padded:
      bytes = unbase64(text, Base64::Padded);
      break;
    case Writing::Unpadded:
      bytes = unbase64(text, Base64::Unpadded);
      break;
    case Writing::CryptBase64:
      bytes = unbase64(text, Base64::Crypt);
      break;
  }
  if (!bytes) return bytes;
  const std::size_t length = bytes->size();
  const bool fits =
      format.digest_length == 0 ? length % 16 == 0 && length >= 16 && length <= 64 : length == format.digest_length;
  if (!fits) bytes.reset();
  return bytes;
}

Result<None> check_cost(const Setting& setting) {
  const auto& cost = setting.cost;
  switch (setting.scheme) {
    case Scheme::Bcrypt:
      if (cost[0] < 4) return wrong("is bcrypt with a cost that does not exist");
      if (cost[0] > kMaxBcryptCost) return too_dear("a bcrypt cost of 15");
      break;
    case Scheme::Sha256Crypt:
    case Scheme::Sha512Crypt:
      if (cost[0] < kMinShaCryptRounds) return wrong("has fewer than 1,000 rounds");
      if (cost[0] > kMaxRounds) return too_dear("5,000,000 rounds");
      break;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      if (cost[0] < 10 || cost[0] > 18) return wrong("has parameters that crypt(5) does not make");
      if ((std::uint64_t{128} << cost[0]) * cost[1] > kMaxScryptBytes) return too_dear("128 MiB");
      break;
    case Scheme::Pbkdf2Sha1:
    case Scheme::Pbkdf2Sha256:
    case Scheme::Pbkdf2Sha512:
      if (cost[0] > kMaxRounds) return too_dear("5,000,000 iterations");
      break;
    case Scheme::Scrypt:
      // Each alone first, so that the products stay within 64 bits.
      if (cost[0] > kMaxScryptWork || cost[1] > 1'024 || cost[2] > 1'024 ||
          std::uint64_t{cost[0]} * cost[1] * 128 > kMaxScryptBytes ||
          std::uint64_t{cost[0]} * cost[1] * cost[2] > kMaxScryptWork) {
        return too_dear("128 MiB, and N * r * p of 4,194,304");
      }
      break;
    case Scheme::Argon2id:
      if (cost[0] > kMaxArgon2Kib || std::uint64_t{cost[0]} * cost[1] > kMaxArgon2Work ||
          cost[2] > kMaxArgon2Lanes) {
        return too_dear("256 MiB, 2 GiB times passes, 16 lanes");
      }
      break;
  }
  return None{};
}

// Why a text that has no known beginning is refused.
Error unknown_format(std::string_view text) {
  if (text.empty() || text.front() == '*' || text.front() == '!') {
    return wrong("is no hash but says that there is no password: leave it out");
  }
  if (text.starts_with("$1$") || text.starts_with("$apr1$") || text.starts_with("md5")) {
    return wrong("is an MD5 hash, which protects no password: let the user set a new one");
  }
  if (text.size() == 13 && text.find_first_not_of(kCrypt64) == text.npos) {
    return wrong("is a DES hash, which protects no password: let the user set a new one");
  }
  if (text.find_first_not_of("0123456789abcdefABCDEF") == text.npos) {
    return wrong("is a bare digest without a salt, which protects no password");
  }
  return wrong(
      "is in none of the formats that are read: bcrypt, crypt(3) with $5$, $6$, $y$ or $gy$, "
      "PBKDF2 "
      "of passlib, Django or Werkzeug, scrypt of Werkzeug, Argon2id");
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}
std::string random_crypt64(std::size_t length) {
  std::string text;
  while (text.size() < length) text += kCrypt64[randombytes_uniform(64)];
  return text;
}
std::string random_hex(std::size_t bytes) {
  const std::string random = random_bytes(bytes);
  return to_hex(std::as_bytes(std::span(random)));
}
std::string random_base64(std::size_t bytes) {
  const std::string random = random_bytes(bytes);
  std::string text(sodium_base64_encoded_len(bytes, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                   '\0');
  sodium_bin2base64(text.data(),
                    text.size(),
                    reinterpret_cast<const unsigned char*>(random.data()),
                    random.size(),
                    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  text.pop_back();  // the NUL
  return text;
}

struct Named {
  Scheme scheme;
  std::string_view name;
  std::size_t costs;  // how many of Setting::cost it has
};
constexpr Named kNames[] = {{Scheme::Bcrypt, "bcrypt", 1},
                            {Scheme::Sha256Crypt, "sha256-crypt", 1},
                            {Scheme::Sha512Crypt, "sha512-crypt", 1},
                            {Scheme::Yescrypt, "yescrypt", 2},
                            {Scheme::GostYescrypt, "gost-yescrypt", 2},
                            {Scheme::Pbkdf2Sha1, "pbkdf2-sha1", 1},
                            {Scheme::Pbkdf2Sha256, "pbkdf2-sha256", 1},
                            {Scheme::Pbkdf2Sha512, "pbkdf2-sha512", 1},
                            {Scheme::Scrypt, "scrypt", 3},
                            {Scheme::Argon2id, "argon2id", 4}};

// The scheme and the costs that a label names.
std::optional<Setting> read_label(std::string_view text) {
  for (const Named& named : kNames) {
    Setting setting;
    setting.scheme = named.scheme;
    Scan scan(text);
    scan.word(named.name);
    for (std::size_t i = 0; i < named.costs; ++i) scan.word(":").number(setting.cost[i]);
    if (scan.ended()) return setting;
  }
  return std::nullopt;
}

}  // namespace

Result<Hash> parse(std::string_view text) {
  const Format* format = find_format(text);
  if (format == nullptr) return unknown_format(text);
  Error broken = wrong("begins like a known hash, but is none to its end");
  if (text.size() > kLongestText) return broken;
  for (const char c : text) {
    if (c <= ' ' || c >= '~') return broken;
  }
  Hash hash;
  Scan scan(text);
  scan_setting(scan, *format, hash.setting);
  if (!scan.good()) return broken;
  auto digest = read_digest(scan.rest(), *format);
  if (!digest) return broken;
  hash.digest = *std::move(digest);
  if (format->scheme == Scheme::Argon2id) {
    hash.setting.cost[3] = static_cast<std::uint32_t>(hash.digest.size());
  }
  GATEHOUSE_CHECK(check_cost(hash.setting));
  return hash;
}

std::optional<Setting> parse_setting(std::string_view text, std::string_view wanted) {
  const Format* format = find_format(text);
  const auto named = read_label(wanted);
  if (format == nullptr || !named) return std::nullopt;
  Setting setting;
  Scan scan(text);
  scan_setting(scan, *format, setting);
  setting.cost[3] = named->cost[3];  // the length of a digest that is not there
  if (!scan.ended() || !check_cost(setting) || label(setting) != wanted) return std::nullopt;
  return setting;
}

bool is_strong_enough(const Setting& setting) {
  const auto& cost = setting.cost;
  switch (setting.scheme) {
    case Scheme::Bcrypt:
      return cost[0] >= 10;
    case Scheme::Sha256Crypt:
      return cost[0] >= 535'000;
    case Scheme::Sha512Crypt:
      return cost[0] >= 656'000;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      return (std::uint64_t{128} << cost[0]) * cost[1] >= (16u << 20);
    case Scheme::Pbkdf2Sha1:
      return cost[0] >= 1'300'000;
    case Scheme::Pbkdf2Sha256:
      return cost[0] >= 600'000;
    case Scheme::Pbkdf2Sha512:
      return cost[0] >= 210'000;
    case Scheme::Scrypt:
      return cost[1] >= 8 &&
             ((cost[0] >= 1u << 17) || (cost[0] >= 1u << 16 && cost[2] >= 2) ||
              (cost[0] >= 1u << 15 && cost[2] >= 3) || (cost[0] >= 1u << 14 && cost[2] >= 5) ||
              (cost[0] >= 1u << 13 && cost[2] >= 10));
    case Scheme::Argon2id:
      return gatehouse::is_strong_enough(PasswordCost{cost[0], cost[1]});
  }
  return false;
}

std::string label(const Setting& setting) {
  std::string text;
  for (const Named& named : kNames) {
    if (named.scheme != setting.scheme) continue;
    text = named.name;
    for (std::size_t i = 0; i < named.costs; ++i) text += format(":{}", setting.cost[i]);
  }
  return text;
}

std::optional<std::string> random_hash(std::string_view wanted) {
  const auto named = read_label(wanted);
  if (!named) return std::nullopt;
  const auto& cost = named->cost;
  const auto digit = [](std::uint32_t value) { return kCrypt64[(value - 1) % 64]; };
  std::string text;
  switch (named->scheme) {
    case Scheme::Bcrypt:
      // The last character of a salt has two bits, here and below.
      text = format("$2b${}{}${}.{}",
                    cost[0] < 10 ? "0" : "",
                    cost[0],
                    random_crypt64(21),
                    random_crypt64(31));
      break;
    case Scheme::Sha256Crypt:
      text = format("$5$rounds={}${}${}", cost[0], random_crypt64(16), random_crypt64(43));
      break;
    case Scheme::Sha512Crypt:
      text = format("$6$rounds={}${}${}", cost[0], random_crypt64(16), random_crypt64(86));
      break;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      text = format("${}$j{}{}${}.${}",
                    named->scheme == Scheme::Yescrypt ? "y" : "gy",
                    std::string(1, digit(cost[0])),
                    std::string(1, digit(cost[1])),
                    random_crypt64(21),
                    random_crypt64(43));
      break;
    case Scheme::Pbkdf2Sha1:
      text = format("pbkdf2:sha1:{}${}${}", cost[0], random_crypt64(16), random_hex(20));
      break;
    case Scheme::Pbkdf2Sha256:
      text = format("pbkdf2:sha256:{}${}${}", cost[0], random_crypt64(16), random_hex(32));
      break;
    case Scheme::Pbkdf2Sha512:
      text = format("pbkdf2:sha512:{}${}${}", cost[0], random_crypt64(16), random_hex(64));
      break;
    case Scheme::Scrypt:
      text = format(
          "scrypt:{}:{}:{}${}${}", cost[0], cost[1], cost[2], random_crypt64(16), random_hex(64));
      break;
    case Scheme::Argon2id:
      if (cost[3] > 64) return std::nullopt;
      text = format("$argon2id$v=19$m={},t={},p={}${}${}",
                    cost[0],
                    cost[1],
                    cost[2],
                    random_base64(16),
                    random_base64(cost[3]));
      break;
  }
  const auto made = parse(text);
  if (!made || label(made->setting) != wanted) return std::nullopt;
  return text;
}

}  // namespace gatehouse::foreign
