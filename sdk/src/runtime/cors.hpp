// Which pages of other origins may read answers (Fetch, "CORS protocol").
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/call.hpp>

namespace gatehouse::runtime {

// The exact origins that may, and what they may. Credentials of the browser (cookies) never: an
// origin's scripts send what they sign in with themselves (security.md 16). Constant once made;
// which one holds is the matched route's affair, so that a dialect can have its own.
class Cors {
 public:
  explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

  // Whether the request asks, on a page's behalf, what it may send.
  static bool is_preflight(std::string_view method, const Call& call);

  // What an answer to `call` needs. Nothing without origins; with some, every answer says that it
  // depends on Origin, also to a request without one, since caches do not ask twice.
  void add_to_answer(const Call& call, Answer& answer) const;
  // The same for a preflight; `allow` as in the Allow header.
  void add_to_preflight(const Call& call, std::string_view allow, Answer& answer) const;

 private:
  std::optional<std::string_view> allowed_origin(const Call& call) const;
  std::vector<std::string> origins_;
};

}  // namespace gatehouse::runtime
