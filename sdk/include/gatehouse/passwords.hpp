// Password hashes. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse {

// How many guesses a password stands, as a power of two: below 20 it falls to a patient guesser
// over the network, which no limit of attempts keeps from trying the commonest ones. Common
// passwords, words, names, keyboard rows, dates and repetitions count as such (zxcvbn), `own`
// words, which belong to its owner, as guessed first. Only the first 100 bytes are looked at, so
// the answer for a longer one may be too low. Threads: any. Blocking: never; up to some
// milliseconds of computing.
GATEHOUSE_API double guesses_in_bits(std::string_view password,
                                     const std::vector<std::string>& own);

// Whether this thread may hash now: what an authenticator, or a handler of a route with
// Route::may_hash(), asks before it answers needs_hashing(). Threads: any. Never blocks.
GATEHOUSE_API bool hashing_is_allowed();

// Threads: only where hashing_is_allowed(): handlers of routes declared hashing(), authenticators
// and handlers that answered needs_hashing(), commands, start() and jobs; std::logic_error
// elsewhere, because a hash takes tens of milliseconds and tens of megabytes. Passwords are bytes
// as sent, at most 1,024, without NUL.
class Passwords {
 public:
  // A new salted hash in PHC form: "$argon2id$v=19$m=19456,t=2,p=1$...".
  virtual std::string hash(std::string_view password) = 0;
  // Whether the hash is of this password; false for text that is no hash ("*", "!", "").
  // std::bad_alloc when the memory it takes is not to be had, which says nothing of the password.
  virtual bool verify(std::string_view encoded, std::string_view password) = 0;
  // Whether a hash is weaker than hash() would make it now.
  virtual bool is_weak(std::string_view encoded) const = 0;
  // A hash that no password has, random, and as costly to verify as what hash() makes: what a
  // sign-in under an unknown name is compared with. Takes no time and needs no permission.
  virtual std::string decoy() const = 0;
  // The same, as costly as the hash `encoded`, of which only the cost is looked at: all before the
  // salt, or up to and with "~" where there is one; decoy() for text that is no hash.
  virtual std::string decoy_like(std::string_view encoded) const = 0;

  // Hashes that another system made. verify() takes what adopt() returns for them: text with a "~",
  // never the text itself, unless it is as hash() would make it. Below the floor of its format a
  // hash is hashed once more, which takes as long as hash(); verify() then does both. The formats,
  // floors and ceilings stand in plugins/users/README.md.
  //
  // judge_foreign() needs no permission and takes no time. Errors of both: InvalidArgument whose
  // message continues the sentence "The field ...", for every other format, locks ("*", "!"), and
  // for costs beyond a ceiling. What adopt() returned before is taken as it is, within the same
  // floors and ceilings.
  virtual Result<None> judge_foreign(std::string_view encoded) const = 0;
  virtual Result<std::string> adopt(std::string_view encoded) = 0;
  // The text that an adopted hash was made of; `stored` itself when it is not adopted, or was
  // hashed once more.
  virtual std::string original(std::string_view stored) const = 0;

 protected:
  ~Passwords() = default;
};

}  // namespace gatehouse
