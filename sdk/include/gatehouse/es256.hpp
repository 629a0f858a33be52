// Signatures by ES256 (RFC 7518 3.4): ECDSA on the curve P-256 with SHA-256, as JSON Web Signatures
// have them. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

// A key, with or without its secret half. Copies share it. Threads: any, many at once. Blocking:
// never; some 30 us to sign, 100 us to verify.
class GATEHOUSE_API Es256Key {
 public:
  // Numbers of 32 bytes, the highest first. Without `secret` ("") the key only verifies.
  struct Parts {
    std::string x;
    std::string y;
    std::string secret;
  };

  // A new one, from the randomness of libcrypto, which seeds itself from the kernel.
  static Es256Key generate();
  // Nothing for what is no key: other lengths, a point that is not on the curve.
  static std::optional<Es256Key> from_parts(const Parts& parts);

  Parts parts() const;
  bool can_sign() const;

  // 64 bytes, r and s; each call gives others. std::logic_error without the secret half.
  std::string sign(std::string_view text) const;
  // False for whatever is not exactly such 64 bytes, and by this key.
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  struct State;
  explicit Es256Key(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace gatehouse
