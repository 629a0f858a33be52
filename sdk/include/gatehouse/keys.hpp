// Keys that are not in the database: codes that only this deployment can make, and secrets that are
// stored sealed. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

#include <gatehouse/digest.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// A plugin's own keys, one for each `purpose` and each kind of use, derived from the newest master
// key of `keys.master_file`: two plugins, or two purposes, never share one. A purpose is a constant
// of the plugin ("session_cursor"), at most 64 bytes. What seal() and mac() return is text of
// [A-Za-z0-9._-] that begins with the id of its master key, so that it still holds after
// `gatehouse keys rotate`; all instances with the same file understand it.
//
// Ownership: the host's. Threads: any. Blocking: never; some microseconds, and more with the length
// of what is given. Usable from Plugin::start() on, as the database is; std::logic_error before.
class Keys {
 public:
  using Parts = std::initializer_list<std::string_view>;

  // Says that this deployment, and this purpose, vouched for the parts. ("ab", "c") and ("a", "bc")
  // differ. 52 characters. The same as long as no key is rotated in: compare with verify().
  virtual std::string mac(std::string_view purpose, Parts parts) const = 0;
  // Takes as long wherever the two differ. False too when the master key is in the ring no more.
  virtual bool verify(std::string_view purpose, std::string_view mac, Parts parts) const = 0;

  // The same 32 bytes on every instance and after every start, which nobody without the file can
  // tell beforehand. Others after a rotate: never stored, nor compared with what was.
  virtual Sha256 digest(std::string_view purpose, Parts parts) const = 0;

  // Encrypted and protected against change: 63 characters and 4/3 of the text's length. Each call
  // gives another text.
  virtual std::string seal(std::string_view purpose, std::string_view plaintext) const = 0;
  // Errors: InvalidArgument  not sealed here for this purpose, or altered since;
  //         Unavailable      its master key is not in the ring.
  virtual Result<std::string> open(std::string_view purpose, std::string_view sealed) const = 0;

 protected:
  ~Keys() = default;
};

}  // namespace gatehouse
