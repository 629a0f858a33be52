// SPDX-License-Identifier: Apache-2.0
#include "key_routes.hpp"

#include <string>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse::tokens {

// RFC 7517, RFC 7518 6.2.1.
struct JsonWebKey {
  std::string kty = "EC";
  std::string crv = "P-256";
  std::string x;
  std::string y;
  std::string kid;
  std::string use = "sig";
  std::string alg = "ES256";
};
BOOST_DESCRIBE_STRUCT(JsonWebKey, (), (kty, crv, x, y, kid, use, alg))

struct JsonWebKeySet {
  std::vector<JsonWebKey> keys;
};
BOOST_DESCRIBE_STRUCT(JsonWebKeySet, (), (keys))

void add_key_routes(Context& host, SigningKeys& keys) {
  host.routes()
      .get("/.well-known/jwks.json",
           "public",
           "Show the keys that verify access tokens",
           [&keys](Call& call) -> Result<JsonWebKeySet> {
             GATEHOUSE_TRY(const auto known, keys.all());
             JsonWebKeySet set;
             for (const SigningKey& one : known->keys) {
               JsonWebKey& key = set.keys.emplace_back();
               key.x = one.x;
               key.y = one.y;
               key.kid = one.kid;
             }
             call.set_header("Cache-Control", "public, max-age=300");
             return set;
           })
      .description(
          "RFC 7517. May be kept for five minutes: a key is here for ten before it signs. A valid "
          "signature does not say that the session goes on: only this server knows that.");
}

}  // namespace gatehouse::tokens
