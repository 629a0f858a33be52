// The master keys of a deployment, and what is derived from them. The host reads them from
// `keys.master_file`, the harness has one that is always the same. Not for plugins.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/keys.hpp>
#include <gatehouse/random.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

struct MasterKey {
  std::string id;  // eight lower-case hex digits
  Time created_at;
  std::array<std::byte, 32> bytes{};

  // What a database may keep, to tell this key from another of the same id.
  GATEHOUSE_API std::string check_value() const;

  // A new one; its id is none of those in `others`.
  GATEHOUSE_API static MasterKey make(Random& random,
                                      Time now,
                                      const std::vector<MasterKey>& others);
};

// See Keys, whose words these are, with the plugin's name before them. Keys are derived with HKDF's
// expansion (RFC 5869, HMAC-SHA-256) from (use, plugin, purpose): libsodium's own crypto_kdf counts
// its subkeys by number, and ours have names. Sealing is XChaCha20-Poly1305, whose nonces may be
// random, with key id, plugin and purpose as associated data.
//
// Ownership: the host's; `random` outlives it. Threads: load() before all others, the rest any.
class GATEHOUSE_API KeyRing {
 public:
  explicit KeyRing(Random& random);

  // The last is used, the ones before it open what they sealed. At least one.
  void load(std::vector<MasterKey> keys);
  const std::vector<MasterKey>& keys() const;  // std::logic_error before load()

  std::string mac(std::string_view plugin, std::string_view purpose, Keys::Parts parts) const;
  bool verify(std::string_view plugin,
              std::string_view purpose,
              std::string_view mac,
              Keys::Parts parts) const;
  Sha256 digest(std::string_view plugin, std::string_view purpose, Keys::Parts parts) const;
  std::string seal(std::string_view plugin,
                   std::string_view purpose,
                   std::string_view plaintext) const;
  Result<std::string> open(std::string_view plugin,
                           std::string_view purpose,
                           std::string_view sealed) const;

 private:
  const MasterKey* find(std::string_view id) const;

  Random& random_;
  std::vector<MasterKey> keys_;
};

}  // namespace gatehouse
