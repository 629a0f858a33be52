// Password hashes as other systems make them: a list of formats, each read strictly and within
// bounds of cost, and how each digest is computed. What is not on the list is no hash.
//
// Threads: any. Blocking: digest() takes milliseconds to seconds and megabytes, the others nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/result.hpp>

namespace gatehouse::foreign {

enum class Scheme : std::uint8_t {
  Bcrypt,        // cost: log2 of the rounds
  Sha256Crypt,   // rounds
  Sha512Crypt,   // rounds
  Yescrypt,      // log2 N, r
  GostYescrypt,  // log2 N, r
  Pbkdf2Sha1,    // iterations
  Pbkdf2Sha256,  // iterations
  Pbkdf2Sha512,  // iterations
  Scrypt,        // N, r, p
  Argon2id,      // KiB, passes, lanes, bytes of digest
};

// A hash without its digest.
struct Setting {
  Scheme scheme{};
  std::array<std::uint32_t, 4> cost{};
  std::string text;  // as it was written, up to the digest
  std::string salt;  // bytes; empty for what libcrypt takes from the text
  // Flask-Security hashes a MAC of the password under a salt of the whole site. Nothing of ours
  // would know that salt, so it stands before the hash: "flask-security$SALT$" and the hash, in
  // base64.
  std::string site_salt = {};  // bytes; empty: it is the password itself that was hashed
  std::size_t begin = 0;       // of the hash in `text`
};

struct Hash {
  Setting setting;
  std::string digest;  // bytes, or the characters that libcrypt writes
};

// Errors: InvalidArgument without a field, saying what is wrong with the text, its format or cost.
Result<Hash> parse(std::string_view text);
// From what parse() left in Setting::text, and its label; nothing for anything else.
std::optional<Setting> parse_setting(std::string_view text, std::string_view label);

// Whether a sign-in may take what it costs; the Error is as that of parse().
Result<None> check_cost(const Setting& setting);
// Whether the cost is one that a new hash might have: the OWASP password storage sheet where it
// speaks of the format, passlib's defaults for sha*-crypt, Debian's for yescrypt.
bool is_strong_enough(const Setting& setting);

// "bcrypt:12": all that tells how long digest() takes.
std::string label(const Setting& setting);
// The scheme and the costs that a label names.
std::optional<Setting> read_label(std::string_view text);
// The text of a hash with that label and a random salt and digest; nothing for what is no label.
std::optional<std::string> random_hash(std::string_view label);

// Nothing when such a system could not have hashed that password. std::bad_alloc.
std::optional<std::string> digest(const Setting& setting, std::string_view password);

}  // namespace gatehouse::foreign
