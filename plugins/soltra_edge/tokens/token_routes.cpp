// SPDX-License-Identifier: Apache-2.0
#include "token_routes.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/reference.hpp>

#include "token_wire.hpp"

namespace gatehouse::soltra_edge {
namespace {

constexpr std::string_view kAboutToken = "The token's id.";

// Each route twice: seed document 004 calls them with and without the slash at the end.
void add_reading(Routes& api, const TokenService& service, const Links& links) {
  const auto list = [&](Call& call,
                        std::string_view user,
                        const Query<PageQuery>& query) -> Result<std::vector<Token>> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto page,
                  service.list(*call.principal(), reference, query->offset(), query->limit()));
    call.set_header("Link", link_header(links.tokens(page.owner), {}, *query, page.total));
    std::vector<Token> tokens;
    tokens.reserve(page.tokens.size());
    for (const ShownToken& token : page.tokens) tokens.push_back(to_wire(links, token));
    return tokens;
  };
  for (Route* route :
       {&api.get("/users/{user}/tokens/", "tokens:read", "List a user's tokens", list),
        &api.get("/users/{user}/tokens", "tokens:read", "List a user's tokens", list)}) {
    route->description("The newest first, those of other mounts among them. Link names the pages.")
        .parameter("user", kAboutUser)
        .accept(Lenient::UnknownMembers);
  }

  const auto read = [&](Call& call, std::string_view user, std::string_view id) -> Result<Token> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto token, service.find(*call.principal(), reference, id));
    return to_wire(links, token);
  };
  for (Route* route :
       {&api.get("/users/{user}/tokens/{token}/", "tokens:read", "Read a token", read),
        &api.get("/users/{user}/tokens/{token}", "tokens:read", "Read a token", read)}) {
    route->description("Without the secret, which is told once.")
        .parameter("user", kAboutUser)
        .parameter("token", kAboutToken);
  }
}

void add_making(Routes& api, const TokenService& service, const Links& links) {
  const auto create = [&](Call& call,
                          std::string_view user,
                          const NewToken& body) -> Result<Created<NewTokenMade>> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(auto made, service.create(*call.principal(), reference, body.title));
    NewTokenMade shown = to_wire(links, std::move(made));
    const std::string location = shown.url;
    return Created<NewTokenMade>(std::move(shown), location);
  };
  for (Route* route : {&api.post("/users/{user}/tokens/", "tokens:write", "Make a token", create),
                       &api.post("/users/{user}/tokens", "tokens:write", "Make a token", create)}) {
    route
        ->description(
            "It opens this mount for 365 days; a token makes none that does more or lives longer. "
            "An "
            "Idempotency-Key is not looked at.")
        .parameter("user", kAboutUser)
        .answers(400, "title is missing or wrong.")
        .answers(409, "too_many_tokens, no_sign_in")
        .accept(Lenient::UnknownMembers)
        .ignores_idempotency_key();
    if (service.publishes_hashes()) route->hashing();
  }
}

void add_changing(Routes& api, const TokenService& service, const Links& links) {
  const auto change = [&](Call& call,
                          std::string_view user,
                          std::string_view id,
                          const TokenPatch& body) -> Result<Accepted<Token>> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    GATEHOUSE_TRY(const auto active, to_active(body));
    GATEHOUSE_TRY(const auto token,
                  active ? service.set_active(*call.principal(), reference, id, *active)
                         : service.find(*call.principal(), reference, id));
    return Accepted<Token>(to_wire(links, token));
  };
  for (Route* route :
       {&api.patch("/users/{user}/tokens/{token}/", "tokens:write", "Change a token", change),
        &api.patch("/users/{user}/tokens/{token}", "tokens:write", "Change a token", change)}) {
    route
        ->description(
            "The body is read as JSON whatever its type is said to be, since curl -d says it is a "
            "form. Only \"active\" can be changed.")
        .parameter("user", kAboutUser)
        .parameter("token", kAboutToken)
        .answers(400, "active is no boolean.")
        .accept(Lenient::UnknownMembers | Lenient::AnyContentType);
  }

  const auto remove = [&](Call& call, std::string_view user, std::string_view id) -> Result<None> {
    GATEHOUSE_TRY(const auto reference, parse_user_reference(call, user));
    return service.remove(*call.principal(), reference, id);
  };
  for (Route* route :
       {&api.remove("/users/{user}/tokens/{token}/", "tokens:write", "Delete a token", remove),
        &api.remove("/users/{user}/tokens/{token}", "tokens:write", "Delete a token", remove)}) {
    route->description("It opens nothing within two seconds, on all servers.")
        .parameter("user", kAboutUser)
        .parameter("token", kAboutToken);
  }
}

}  // namespace

void add_token_routes(Routes& api, const TokenService& service, const Links& links) {
  add_reading(api, service, links);
  add_making(api, service, links);
  add_changing(api, service, links);
}

}  // namespace gatehouse::soltra_edge
