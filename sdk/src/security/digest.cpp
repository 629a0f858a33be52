// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>
#include <new>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <gatehouse/digest.hpp>

namespace gatehouse {
namespace {

static_assert(std::tuple_size_v<Blake2b128> == crypto_generichash_BYTES_MIN);

// libsodium wants no null, however short the text is.
const unsigned char* octets(const void* data) {
  static constexpr unsigned char kNothing = 0;
  return data == nullptr ? &kNothing : static_cast<const unsigned char*>(data);
}
unsigned char* octets(void* data) {
  return static_cast<unsigned char*>(data);
}

template <auto free>
struct Freed {
  template <class T>
  void operator()(T* made) const {
    free(made);
  }
};

// Nothing of libcrypto's fails here but for want of memory.
template <class T>
T demand(T made) {
  if (!made) throw std::bad_alloc();
  return made;
}

// SHA-256 is libcrypto's, which uses what the processor has for it: a tenth of libsodium's time.
// Its contexts are made once for each thread, since that costs more than a short text.
EVP_MD_CTX* digest_context() {
  static const EVP_MD* const kSha256 = demand(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(
      demand(EVP_MD_CTX_new()));
  demand(EVP_DigestInit_ex2(context.get(), kSha256, nullptr));
  return context.get();
}

class Hmac {
 public:
  explicit Hmac(std::span<const std::byte> key) {
    demand(EVP_MAC_init(context_, octets(key.data()), key.size(), nullptr));
  }
  void add(std::string_view data) {
    demand(EVP_MAC_update(context_, octets(data.data()), data.size()));
  }
  Sha256 finish() {
    Sha256 digest{};
    std::size_t length = 0;
    demand(EVP_MAC_final(context_, octets(digest.data()), &length, digest.size()));
    return digest;
  }

 private:
  using Context = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;
  static Context make_context() {
    static EVP_MAC* const kHmac = demand(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    Context context(demand(EVP_MAC_CTX_new(kHmac)));
    std::array<char, 7> name{"SHA256"};
    const std::array<OSSL_PARAM, 2> sha256 = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
        OSSL_PARAM_construct_end()};
    demand(EVP_MAC_CTX_set_params(context.get(), sha256.data()));
    return context;
  }
  static EVP_MAC_CTX* context() {
    thread_local const Context context = make_context();
    return context.get();
  }
  EVP_MAC_CTX* context_ = context();
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
  EVP_MD_CTX* context = digest_context();
  demand(EVP_DigestUpdate(context, octets(data.data()), data.size()));
  demand(EVP_DigestFinal_ex(context, octets(digest.data()), nullptr));
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
