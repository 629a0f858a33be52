// ES256 by libcrypto. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <gatehouse/es256.hpp>

namespace gatehouse {
namespace {

constexpr int kNumber = 32;
constexpr std::size_t kSignature = 64;

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using ParameterList = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(std::string("libcrypto cannot ") + what);
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string bytes_of(const BIGNUM* number) {
  std::string bytes(kNumber, '\0');
  if (BN_bn2binpad(number, bytes_of(bytes), kNumber) != kNumber) fail("write a number");
  return bytes;
}

std::string part_of(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) fail("read a key");
  const Number owned(number);
  return bytes_of(number);
}

bool is_consistent(EVP_PKEY* key, bool has_secret) {
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!context) fail("check a key");
  return EVP_PKEY_public_check(context.get()) == 1 &&
         (!has_secret || EVP_PKEY_pairwise_check(context.get()) == 1);
}

// The form of libcrypto's own interface (X9.62); empty where the numbers cannot be a signature.
std::string to_der(std::string_view raw) {
  Signature parts(ECDSA_SIG_new());
  Number r = number_of(raw.substr(0, kNumber));
  Number s = number_of(raw.substr(kNumber));
  if (!parts || !r || !s || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) {
    fail("read a signature");
  }
  std::ignore = r.release();  // theirs now
  std::ignore = s.release();
  unsigned char* der = nullptr;
  const int length = i2d_ECDSA_SIG(parts.get(), &der);
  if (length <= 0) return {};
  std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(length));
  OPENSSL_free(der);
  return text;
}

std::string from_der(const std::string& der) {
  const unsigned char* at = bytes_of(std::string_view(der));
  const Signature parts(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!parts) fail("write a signature");
  return bytes_of(ECDSA_SIG_get0_r(parts.get())) + bytes_of(ECDSA_SIG_get0_s(parts.get()));
}

}  // namespace

struct Es256Key::State {
  KeyPointer key;
  bool has_secret = false;
};

Es256Key::Es256Key(std::shared_ptr<const State> state) : state_(std::move(state)) {}

Es256Key Es256Key::generate() {
  KeyPointer key(EVP_EC_gen("P-256"));
  if (!key) fail("make a key");
  return Es256Key(std::make_shared<const State>(State{std::move(key), true}));
}

std::optional<Es256Key> Es256Key::from_parts(const Parts& parts) {
  const bool has_secret = !parts.secret.empty();
  if (parts.x.size() != kNumber || parts.y.size() != kNumber ||
      (has_secret && parts.secret.size() != kNumber)) {
    return std::nullopt;
  }
  const std::string point = "\x04" + parts.x + parts.y;  // SEC 1, 2.3.3: not compressed
  const Number secret = number_of(parts.secret);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || !secret ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(
          builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1 ||
      (has_secret &&
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) != 1)) {
    fail("describe a key");
  }
  const ParameterList list(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!list || !context || EVP_PKEY_fromdata_init(context.get()) != 1) fail("describe a key");
  EVP_PKEY* made = nullptr;
  const int kind = has_secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
  if (EVP_PKEY_fromdata(context.get(), &made, kind, list.get()) != 1) return std::nullopt;
  KeyPointer key(made);
  if (!is_consistent(key.get(), has_secret)) return std::nullopt;
  return Es256Key(std::make_shared<const State>(State{std::move(key), has_secret}));
}

Es256Key::Parts Es256Key::parts() const {
  const EVP_PKEY* key = state_->key.get();
  return {part_of(key, OSSL_PKEY_PARAM_EC_PUB_X),
          part_of(key, OSSL_PKEY_PARAM_EC_PUB_Y),
          can_sign() ? part_of(key, OSSL_PKEY_PARAM_PRIV_KEY) : std::string()};
}

bool Es256Key::can_sign() const {
  return state_->has_secret;
}

std::string Es256Key::sign(std::string_view text) const {
  if (!can_sign()) throw std::logic_error("Es256Key::sign() with a key that only verifies");
  const DigestContext context(EVP_MD_CTX_new());
  std::string der(static_cast<std::size_t>(EVP_PKEY_get_size(state_->key.get())), '\0');
  std::size_t length = der.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(der), &length, bytes_of(text), text.size()) != 1) {
    fail("sign");
  }
  der.resize(length);
  return from_der(der);
}

bool Es256Key::verify(std::string_view text, std::string_view signature) const {
  if (signature.size() != kSignature) return false;
  const std::string der = to_der(signature);
  const DigestContext context(EVP_MD_CTX_new());
  if (!context ||
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) != 1) {
    fail("verify");
  }
  return EVP_DigestVerify(context.get(),
                          bytes_of(std::string_view(der)),
                          der.size(),
                          bytes_of(text),
                          text.size()) == 1;
}

}  // namespace gatehouse
