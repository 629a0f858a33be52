// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>

#include <gatehouse/digest.hpp>

namespace gatehouse {
namespace {

static_assert(std::tuple_size_v<Sha256> == crypto_hash_sha256_BYTES);
static_assert(std::tuple_size_v<Blake2b128> == crypto_generichash_BYTES_MIN);
static_assert(std::tuple_size_v<Sha256> == crypto_auth_hmacsha256_BYTES);

// libsodium wants no null, however short the text is.
const unsigned char* octets(const void* data) {
  static constexpr unsigned char kNothing = 0;
  return data == nullptr ? &kNothing : static_cast<const unsigned char*>(data);
}
unsigned char* octets(void* data) {
  return static_cast<unsigned char*>(data);
}

class Hmac {
 public:
  explicit Hmac(std::span<const std::byte> key) {
    crypto_auth_hmacsha256_init(&state_, octets(key.data()), key.size());
  }
  void add(std::string_view data) {
    crypto_auth_hmacsha256_update(&state_, octets(data.data()), data.size());
  }
  Sha256 finish() {
    Sha256 digest{};
    crypto_auth_hmacsha256_final(&state_, octets(digest.data()));
    return digest;
  }

 private:
  crypto_auth_hmacsha256_state state_{};
};

std::optional<std::string> decode(std::string_view text, int variant) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(octets(bytes.data()),
                                       bytes.size(),
                                       text.data(),
                                       text.size(),
                                       nullptr,
                                       &length,
                                       &end,
                                       variant);
  if (failed != 0 || end != text.data() + text.size()) return std::nullopt;
  bytes.resize(length);
  return bytes;
}

std::string encode(std::string_view bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), octets(bytes.data()), bytes.size(), variant);
  text.pop_back();  // sodium ends it with a NUL
  return text;
}

}  // namespace

Sha256 sha256(std::string_view data) {
  Sha256 digest{};
  crypto_hash_sha256(octets(digest.data()), octets(data.data()), data.size());
  return digest;
}

std::string sha256_hex(std::string_view data) {
  return to_hex(sha256(data));
}

Blake2b128 blake2b_128(std::string_view data) {
  Blake2b128 digest{};
  crypto_generichash(
      octets(digest.data()), digest.size(), octets(data.data()), data.size(), nullptr, 0);
  return digest;
}

Sha256 hmac_sha256(std::span<const std::byte> key, std::string_view data) {
  Hmac hmac(key);
  hmac.add(data);
  return hmac.finish();
}

Sha256 hmac_sha256(std::span<const std::byte> key, std::initializer_list<std::string_view> parts) {
  Hmac hmac(key);
  for (const std::string_view part : parts) {
    std::string length(8, '\0');  // big-endian
    for (std::size_t i = 0; i < length.size(); ++i) {
      length[i] = static_cast<char>((part.size() >> (8 * (7 - i))) & 0xff);
    }
    hmac.add(length);
    hmac.add(part);
  }
  return hmac.finish();
}

bool constant_time_equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text(2 * bytes.size() + 1, '\0');  // sodium ends it with a NUL
  sodium_bin2hex(text.data(), text.size(), octets(bytes.data()), bytes.size());
  text.pop_back();
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_ORIGINAL);
}

std::string base64_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_ORIGINAL);
}

std::string base64url_encode(std::string_view bytes) {
  return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace gatehouse
