// Labels of cost, and hashes at random that have one. SPDX-License-Identifier: Apache-2.0
#include <span>

#include <sodium.h>

#include <gatehouse/digest.hpp>
#include <gatehouse/text.hpp>

#include "security/foreign_hash.hpp"
#include "security/scan.hpp"

namespace gatehouse::foreign {
namespace {

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

}  // namespace

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
