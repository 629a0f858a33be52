// What a hash may cost at most, and must cost at least. SPDX-License-Identifier: Apache-2.0
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/text.hpp>

#include "security/foreign_hash.hpp"

namespace gatehouse::foreign {
namespace {

// The dearest that one sign-in may get: some seconds of a slow core, and 256 MiB.
constexpr std::uint32_t kMaxBcryptCost = 15;
constexpr std::uint32_t kMinShaCryptRounds = 1'000;  // libcrypt knows no fewer
constexpr std::uint32_t kMaxShaCryptRounds = 1'000'000;
constexpr std::uint32_t kMaxPbkdf2 = 3'000'000;
constexpr std::uint32_t kMaxPbkdf2Sha512 = 1'500'000;
constexpr std::uint64_t kMaxScryptBytes = 128u << 20;
constexpr std::uint64_t kMaxScryptWork = 1u << 22;  // N * r * p
constexpr std::uint32_t kMaxArgon2Kib = 256u << 10;
constexpr std::uint64_t kMaxArgon2Work = 2u << 20;  // KiB * passes
constexpr std::uint32_t kMaxArgon2Lanes = 16;

Error wrong(std::string_view what) {
  return {ErrorCode::InvalidArgument, "invalid_hash", std::string(what), {}, {}};
}

Error too_dear(std::string_view limit) {
  return wrong(format("costs more than a sign-in may take: {} at most", limit));
}

}  // namespace

Result<None> check_cost(const Setting& setting) {
  const auto& cost = setting.cost;
  switch (setting.scheme) {
    case Scheme::Bcrypt:
      if (cost[0] < 4) return wrong("is bcrypt with a cost that does not exist");
      if (cost[0] > kMaxBcryptCost) return too_dear("a bcrypt cost of 15");
      break;
    case Scheme::Sha256Crypt:
    case Scheme::Sha512Crypt:
      if (cost[0] < kMinShaCryptRounds) return wrong("has fewer than 1,000 rounds");
      if (cost[0] > kMaxShaCryptRounds) return too_dear("1,000,000 rounds");
      break;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      if (cost[0] < 10 || cost[0] > 18) return wrong("has parameters that crypt(5) does not make");
      if ((std::uint64_t{128} << cost[0]) * cost[1] > kMaxScryptBytes) return too_dear("128 MiB");
      break;
    case Scheme::Pbkdf2Sha1:
    case Scheme::Pbkdf2Sha256:
      if (cost[0] > kMaxPbkdf2) return too_dear("3,000,000 iterations");
      break;
    case Scheme::Pbkdf2Sha512:
      if (cost[0] > kMaxPbkdf2Sha512) return too_dear("1,500,000 iterations");
      break;
    case Scheme::Scrypt:
      // Each alone first, so that the products stay within 64 bits.
      if (cost[0] > kMaxScryptWork || cost[1] > 1'024 || cost[2] > 1'024 ||
          std::uint64_t{cost[0]} * cost[1] * 128 > kMaxScryptBytes ||
          std::uint64_t{cost[0]} * cost[1] * cost[2] > kMaxScryptWork) {
        return too_dear("128 MiB, and N * r * p of 4,194,304");
      }
      break;
    case Scheme::Argon2id:
      if (cost[0] > kMaxArgon2Kib || std::uint64_t{cost[0]} * cost[1] > kMaxArgon2Work ||
          cost[2] > kMaxArgon2Lanes) {
        return too_dear("256 MiB, 2 GiB times passes, 16 lanes");
      }
      break;
  }
  return None{};
}

bool is_strong_enough(const Setting& setting) {
  const auto& cost = setting.cost;
  switch (setting.scheme) {
    case Scheme::Bcrypt:
      return cost[0] >= 10;
    case Scheme::Sha256Crypt:
      return cost[0] >= 535'000;
    case Scheme::Sha512Crypt:
      return cost[0] >= 656'000;
    case Scheme::Yescrypt:
    case Scheme::GostYescrypt:
      return (std::uint64_t{128} << cost[0]) * cost[1] >= (16u << 20);
    case Scheme::Pbkdf2Sha1:
      return cost[0] >= 1'300'000;
    case Scheme::Pbkdf2Sha256:
      return cost[0] >= 600'000;
    case Scheme::Pbkdf2Sha512:
      return cost[0] >= 210'000;
    case Scheme::Scrypt:
      return cost[1] >= 8 &&
             ((cost[0] >= 1u << 17) || (cost[0] >= 1u << 16 && cost[2] >= 2) ||
              (cost[0] >= 1u << 15 && cost[2] >= 3) || (cost[0] >= 1u << 14 && cost[2] >= 5) ||
              (cost[0] >= 1u << 13 && cost[2] >= 10));
    case Scheme::Argon2id:
      return gatehouse::is_strong_enough(PasswordCost{cost[0], cost[1]});
  }
  return false;
}

}  // namespace gatehouse::foreign
