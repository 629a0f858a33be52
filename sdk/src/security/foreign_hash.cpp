// Reading the formats. SPDX-License-Identifier: Apache-2.0
#include "security/foreign_hash.hpp"

#include <utility>

#include <sodium.h>

#include <gatehouse/text.hpp>

#include "security/scan.hpp"

namespace gatehouse::foreign {
namespace {

constexpr std::size_t kLongestText = 512;

Error wrong(std::string_view what) {
  return {ErrorCode::InvalidArgument, "invalid_hash", std::string(what), {}, {}};
}

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

constexpr std::string_view kFlaskSecurity = "flask-security$";

// Takes the salt of a site from the front of `text`; false when it cannot be read.
bool take_site_salt(std::string_view& text, Setting& setting) {
  if (!text.starts_with(kFlaskSecurity)) return true;
  const std::size_t end = text.find('$', kFlaskSecurity.size());
  if (end == text.npos) return false;
  const auto salt = text.substr(kFlaskSecurity.size(), end - kFlaskSecurity.size());
  setting.site_salt = unbase64(salt, Base64::Padded).value_or("");
  setting.begin = end + 1;
  text.remove_prefix(setting.begin);
  return !setting.site_salt.empty();
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
  setting.text += scan.taken();
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
  const bool fits = format.digest_length == 0 ? length % 16 == 0 && length >= 16 && length <= 64
                                              : length == format.digest_length;
  if (!fits) bytes.reset();
  return bytes;
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

}  // namespace

Result<Hash> parse(std::string_view text) {
  Error broken = wrong("begins like a known hash, but is none to its end");
  const std::string_view whole = text;
  Hash hash;
  if (!take_site_salt(text, hash.setting)) return broken;
  const Format* format = find_format(text);
  if (format == nullptr) return unknown_format(text);
  if (whole.size() > kLongestText) return broken;
  for (const char c : whole) {
    if (c <= ' ' || c >= '~') return broken;
  }
  hash.setting.text = whole.substr(0, hash.setting.begin);
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
  const std::string_view whole = text;
  Setting setting;
  if (!take_site_salt(text, setting)) return std::nullopt;
  const Format* format = find_format(text);
  const auto named = read_label(wanted);
  if (format == nullptr || !named) return std::nullopt;
  setting.text = whole.substr(0, setting.begin);
  Scan scan(text);
  scan_setting(scan, *format, setting);
  setting.cost[3] = named->cost[3];  // the length of a digest that is not there
  if (!scan.ended() || !check_cost(setting) || label(setting) != wanted) return std::nullopt;
  return setting;
}

}  // namespace gatehouse::foreign
