// Routes on which users act for others: what the managed_users plugin and plugins with data of
// users have. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/routes.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/delegated_tokens.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::tokens {

struct TokenWish {
  std::optional<std::vector<std::string>> scopes;
};
BOOST_DESCRIBE_STRUCT(TokenWish, (), (scopes))
constexpr auto rules(Of<TokenWish>) {
  return std::tuple{field(&TokenWish::scopes, {.optional = true})};
}

struct GivenToken {
  std::string access_token;
  std::int64_t expires_in = 0;
  std::vector<std::string> scopes;
};
BOOST_DESCRIBE_STRUCT(GivenToken, (), (access_token, expires_in, scopes))

struct Seen {
  std::string text;
};
BOOST_DESCRIBE_STRUCT(Seen, (), (text))

class Acting final : public Plugin {
 public:
  void wire(Context& host) override {
    host.permissions().declare("acting:read", "acting:write", held_by_everybody);
    const auto gives = [&host](Call& call,
                               std::int64_t user,
                               const TokenWish& wish) -> Result<Created<GivenToken>> {
      GATEHOUSE_TRY(auto token, host.storage().write([&](Session& db) {
        auto& tokens = host.services().require<DelegatedTokens>();
        return tokens.mint(db, call, user, wish.scopes);
      }));
      return Created<GivenToken>{
          {std::move(token.text), token.expires_in.count(), std::move(token.scopes)}, ""};
    };
    const auto looks = [this](Call& call) -> Result<Seen> {
      who = *call.principal();
      return Seen{who.username};
    };
    Routes& routes = host.routes();
    // Delegable, unlike those of managed_users, so that the service has to refuse.
    routes.post("/v1/acting/{user}", "acting:write", "Act for a user", gives)
        .delegable("data:read")
        .answers_secret();
    routes.get("/v1/acting", "acting:read", "Who it is", looks).delegable("data:read");
    routes
        .put("/v1/acting",
             "acting:write",
             "Do something",
             [&host](Call&) -> Result<None> {
               return host.storage().write([](Session& db) -> Result<None> {
                 db.audit({"thing.done"});
                 return None{};
               });
             })
        .delegable("data:write");
  }

  Principal who;  // the last one that was seen
};

}  // namespace gatehouse::tokens
