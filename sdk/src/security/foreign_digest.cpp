// Computing the digests: libcrypt, nettle, libcrypto and libargon2 do the work.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <stdexcept>

#include <argon2.h>
#include <crypt.h>
#include <nettle/pbkdf2.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "security/foreign_hash.hpp"

namespace gatehouse::foreign {
namespace {

constexpr std::size_t kBcryptReads = 72;  // bcrypt itself reads no further
// sha*-crypt takes the longer, the longer the password that the client chose.
constexpr std::size_t kLongestForShaCrypt = 128;
constexpr std::size_t kLongestForCrypt = 511;

std::size_t longest_password(Scheme scheme) {
  const bool is_sha = scheme == Scheme::Sha256Crypt || scheme == Scheme::Sha512Crypt;
  return is_sha ? kLongestForShaCrypt : kLongestForCrypt;
}

struct WipedCryptData {
  crypt_data data{};
  ~WipedCryptData() { sodium_memzero(&data, sizeof data); }
};

std::optional<std::string> crypt_digest(const Setting& setting,
                                        std::string_view password,
                                        std::size_t length) {
  if (setting.scheme == Scheme::Bcrypt) password = password.substr(0, kBcryptReads);
  const auto work = std::make_unique<WipedCryptData>();  // 32 KiB
  // What is too long is refused, but after the time that any other takes.
  const std::string ended(password.substr(0, longest_password(setting.scheme)));
  const char* made = crypt_rn(ended.c_str(), setting.text.c_str(), &work->data, sizeof(crypt_data));
  if (made == nullptr) {
    if (errno == ENOMEM) throw std::bad_alloc();
    return std::nullopt;
  }
  if (ended.size() < password.size()) return std::nullopt;
  const std::string_view text = made;
  if (text.size() <= length) return std::nullopt;
  return std::string(text.substr(text.size() - length));
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Not by libcrypto, which allocates four times a round: what the heap is like then, and so what was
// asked before, would show in the time.
using Pbkdf2 = void(std::size_t password_size,
                    const std::uint8_t* password,
                    unsigned rounds,
                    std::size_t salt_size,
                    const std::uint8_t* salt,
                    std::size_t digest_size,
                    std::uint8_t* digest);

std::string pbkdf2(const Setting& setting,
                   std::string_view password,
                   Pbkdf2& derive,
                   std::size_t length) {
  std::string digest(length, '\0');
  derive(password.size(),
         bytes_of(password.empty() ? "" : password),
         setting.cost[0],
         setting.salt.size(),
         bytes_of(std::string_view(setting.salt)),
         digest.size(),
         bytes_of(digest));
  return digest;
}

std::string scrypt(const Setting& setting, std::string_view password) {
  std::string digest(64, '\0');
  constexpr std::uint64_t kRoom = 256u << 20;  // the cost was judged before
  const int done = EVP_PBE_scrypt(password.empty() ? "" : password.data(),
                                  password.size(),
                                  bytes_of(std::string_view(setting.salt)),
                                  setting.salt.size(),
                                  setting.cost[0],
                                  setting.cost[1],
                                  setting.cost[2],
                                  kRoom,
                                  bytes_of(digest),
                                  digest.size());
  if (done != 1) throw std::bad_alloc();
  return digest;
}

// Not by libsodium, which has one lane and 16 bytes of salt only. On this thread alone.
std::string argon2id(const Setting& setting, std::string_view password) {
  std::string digest(setting.cost[3], '\0');
  std::string secret(password);
  std::string salt = setting.salt;
  argon2_context context{};
  context.out = bytes_of(digest);
  context.outlen = static_cast<std::uint32_t>(digest.size());
  context.pwd = bytes_of(secret);
  context.pwdlen = static_cast<std::uint32_t>(secret.size());
  context.salt = bytes_of(salt);
  context.saltlen = static_cast<std::uint32_t>(salt.size());
  context.m_cost = setting.cost[0];
  context.t_cost = setting.cost[1];
  context.lanes = setting.cost[2];
  context.threads = 1;
  context.version = ARGON2_VERSION_13;
  context.flags = ARGON2_DEFAULT_FLAGS;
  const int failed = argon2id_ctx(&context);
  sodium_memzero(secret.data(), secret.size());
  if (failed == ARGON2_MEMORY_ALLOCATION_ERROR) throw std::bad_alloc();
  if (failed != ARGON2_OK) throw std::runtime_error(argon2_error_message(failed));
  return digest;
}

// HMAC-SHA512, in base64.
std::string mac(std::string_view site_salt, std::string_view password) {
  std::array<unsigned char, crypto_auth_hmacsha512_BYTES> code{};
  crypto_auth_hmacsha512_state state;
  crypto_auth_hmacsha512_init(&state, bytes_of(site_salt), site_salt.size());
  crypto_auth_hmacsha512_update(&state, bytes_of(password), password.size());
  crypto_auth_hmacsha512_final(&state, code.data());
  std::array<char, sodium_base64_ENCODED_LEN(code.size(), sodium_base64_VARIANT_ORIGINAL)> text{};
  return sodium_bin2base64(
      text.data(), text.size(), code.data(), code.size(), sodium_base64_VARIANT_ORIGINAL);
}

}  // namespace

std::optional<std::string> digest(const Setting& setting, std::string_view password) {
  if (!setting.site_salt.empty()) {
    Setting inner = setting;
    inner.site_salt.clear();
    inner.text.erase(0, setting.begin);
    return digest(inner, mac(setting.site_salt, password));
  }
  switch (setting.scheme) {
    case Scheme::Bcrypt:
      return crypt_digest(setting, password, 31);
    case Scheme::Sha256Crypt:
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      return crypt_digest(setting, password, 43);
    case Scheme::Sha512Crypt:
      return crypt_digest(setting, password, 86);
    case Scheme::Pbkdf2Sha1:
      return pbkdf2(setting, password, pbkdf2_hmac_sha1, 20);
    case Scheme::Pbkdf2Sha256:
      return pbkdf2(setting, password, pbkdf2_hmac_sha256, 32);
    case Scheme::Pbkdf2Sha512:
      return pbkdf2(setting, password, pbkdf2_hmac_sha512, 64);
    case Scheme::Scrypt:
      return scrypt(setting, password);
    case Scheme::Argon2id:
      return argon2id(setting, password);
  }
  return std::nullopt;
}

}  // namespace gatehouse::foreign
