// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>
#include <utility>

#include <sodium.h>

#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

constexpr std::size_t kIdLength = 8;
constexpr std::size_t kMaxPurpose = 64;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(sizeof(Sha256) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* octets(void* data) {
  return static_cast<unsigned char*>(data);
}
const unsigned char* octets(const void* data) {
  return static_cast<const unsigned char*>(data);
}
std::string_view text_of(const Sha256& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The words with a NUL after each: none of them holds one, so no two lists read alike.
std::string joined(std::initializer_list<std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) text.append(word).push_back('\0');
  return text;
}

// One block of HKDF-Expand. Its extraction is left out, as RFC 5869 section 3.3 allows for keys
// that are random already.
Sha256 derive(const MasterKey& master,
              std::string_view use,
              std::string_view plugin,
              std::string_view purpose) {
  if (purpose.empty() || purpose.size() > kMaxPurpose || purpose.find('\0') != purpose.npos) {
    throw std::logic_error(format("keys: '{}' is no purpose: 1 to {} bytes", purpose, kMaxPurpose));
  }
  return hmac_sha256(master.bytes, joined({"gatehouse", use, plugin, purpose}) + '\x01');
}

std::string mac_with(const MasterKey& master,
                     std::string_view plugin,
                     std::string_view purpose,
                     Keys::Parts parts) {
  const Sha256 digest = hmac_sha256(derive(master, "mac", plugin, purpose), parts);
  return master.id + "." + base64url_encode(text_of(digest));
}

// "ID.REST"; an empty id when it is nothing of the kind.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  if (text.size() <= kIdLength || text[kIdLength] != '.') return {};
  return {text.substr(0, kIdLength), text.substr(kIdLength + 1)};
}

Error not_sealed_here() {
  return {ErrorCode::InvalidArgument,
          "not_sealed_here",
          "The sealed value was altered, or was not sealed here for this purpose.",
          {},
          {}};
}

}  // namespace

std::string MasterKey::check_value() const {
  return mac_with(*this, "gatehouse", "master_key_check", {});
}

MasterKey MasterKey::make(Random& random, Time now, const std::vector<MasterKey>& others) {
  MasterKey key;
  key.created_at = now;
  random.fill(key.bytes);
  do {
    std::array<std::byte, kIdLength / 2> id{};
    random.fill(id);
    key.id = to_hex(id);
  } while (std::any_of(
      others.begin(), others.end(), [&](const MasterKey& other) { return other.id == key.id; }));
  return key;
}

KeyRing::KeyRing(Random& random) : random_(random) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

void KeyRing::load(std::vector<MasterKey> keys) {
  keys_ = std::move(keys);
}

const std::vector<MasterKey>& KeyRing::keys() const {
  if (keys_.empty()) {
    throw std::logic_error("keys: the master keys are not read yet; use them from start() on");
  }
  return keys_;
}

const MasterKey* KeyRing::find(std::string_view id) const {
  const auto found = std::find_if(
      keys().begin(), keys().end(), [&](const MasterKey& key) { return key.id == id; });
  return found == keys().end() ? nullptr : &*found;
}

std::string KeyRing::mac(std::string_view plugin,
                         std::string_view purpose,
                         Keys::Parts parts) const {
  return mac_with(keys().back(), plugin, purpose, parts);
}

bool KeyRing::verify(std::string_view plugin,
                     std::string_view purpose,
                     std::string_view mac,
                     Keys::Parts parts) const {
  const MasterKey* master = find(split(mac).first);
  return master != nullptr && constant_time_equal(mac, mac_with(*master, plugin, purpose, parts));
}

Sha256 KeyRing::digest(std::string_view plugin, std::string_view purpose, Keys::Parts parts) const {
  return hmac_sha256(derive(keys().back(), "digest", plugin, purpose), parts);
}

std::string KeyRing::seal(std::string_view plugin,
                          std::string_view purpose,
                          std::string_view plaintext) const {
  const MasterKey& master = keys().back();
  const Sha256 key = derive(master, "seal", plugin, purpose);
  const std::string associated = joined({master.id, plugin, purpose});
  std::string sealed(kNonceSize + plaintext.size() + kTagSize, '\0');
  random_.fill(std::as_writable_bytes(std::span(sealed.data(), kNonceSize)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(octets(sealed.data() + kNonceSize),
                                             nullptr,
                                             octets(plaintext.data()),
                                             plaintext.size(),
                                             octets(associated.data()),
                                             associated.size(),
                                             nullptr,
                                             octets(sealed.data()),
                                             octets(key.data()));
  return master.id + "." + base64url_encode(sealed);
}

Result<std::string> KeyRing::open(std::string_view plugin,
                                  std::string_view purpose,
                                  std::string_view sealed) const {
  const auto [id, encoded] = split(sealed);
  if (id.empty()) return not_sealed_here();
  const MasterKey* master = find(id);
  if (master == nullptr) {
    return unavailable(
        "A stored value was sealed under a master key that is not in keys.master_file.");
  }
  const auto bytes = base64url_decode(encoded);
  if (!bytes || bytes->size() < kNonceSize + kTagSize) return not_sealed_here();
  const Sha256 key = derive(*master, "seal", plugin, purpose);
  const std::string associated = joined({master->id, plugin, purpose});
  std::string plaintext(bytes->size() - kNonceSize - kTagSize, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(octets(plaintext.data()),
                                                                nullptr,
                                                                nullptr,
                                                                octets(bytes->data() + kNonceSize),
                                                                bytes->size() - kNonceSize,
                                                                octets(associated.data()),
                                                                associated.size(),
                                                                octets(bytes->data()),
                                                                octets(key.data()));
  if (failed != 0) return not_sealed_here();
  return plaintext;
}

}  // namespace gatehouse
