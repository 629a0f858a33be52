// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <new>
#include <stdexcept>

#include <crypt.h>

#include <gatehouse/bcrypt.hpp>

#include "security/hashing_slot.hpp"

namespace gatehouse {

std::string bcrypt(std::string_view text, const BcryptSalt& salt, unsigned cost) {
  constexpr std::size_t kReads = 72;
  const HashingSlot slot("bcrypt() where hashing is not allowed: declare the route hashing()");
  if (text.size() > kReads || text.find('\0') != text.npos) {
    throw std::logic_error("bcrypt() takes at most 72 bytes, without NUL");
  }
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  const char* const made_setting = crypt_gensalt_rn("$2b$",
                                                    cost,
                                                    reinterpret_cast<const char*>(salt.data()),
                                                    static_cast<int>(salt.size()),
                                                    setting.data(),
                                                    static_cast<int>(setting.size()));
  if (made_setting == nullptr) throw std::logic_error("bcrypt() takes costs from 4 to 31");
  const auto work = std::make_unique<crypt_data>();  // 32 KiB
  const std::string ended(text);
  const char* const hash = crypt_rn(ended.c_str(), made_setting, work.get(), sizeof(crypt_data));
  if (hash == nullptr) throw std::bad_alloc();  // the setting is right: what else is missing
  return hash;
}

}  // namespace gatehouse
