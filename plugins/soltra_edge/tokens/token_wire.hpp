// Tokens as seed document 004 writes them. The names of the types are the names of the schemas in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <tuple>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>

#include "links.hpp"
#include "token_service.hpp"

namespace gatehouse::soltra_edge {

struct Token {
  std::string id;
  std::string title;
  std::string url;
  std::string token;
  std::string hashed_token;
  bool active = true;
  Time created_on;
  Time updated_on;
  std::optional<Time> last_used;
  Time expires;
};
BOOST_DESCRIBE_STRUCT(
    Token,
    (),
    (id, title, url, token, hashed_token, active, created_on, updated_on, last_used, expires))
constexpr auto rules(Of<Token>) {
  constexpr Rule kStamp{.time = TimeForm::IsoMicroseconds};
  return std::tuple{
      field(&Token::token, {.text = "\"\": it is told once, when it is made."}),
      field(&Token::hashed_token,
            {.text = "bcrypt of the token; \"\" of tokens that were made elsewhere."}),
      field(&Token::created_on, kStamp),
      field(&Token::updated_on, kStamp),
      field(&Token::last_used, kStamp),
      field(&Token::expires, kStamp)};
}

// The answer to who makes one: the members of the document's example in its order, and `url`.
struct NewTokenMade {
  std::optional<Time> last_used;
  std::string title;
  Time expires;
  std::string token;
  Time created_on;
  std::string user;
  std::string hashed_token;
  bool active = true;
  Time updated_on;
  std::string id;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(
    NewTokenMade,
    (),
    (last_used, title, expires, token, created_on, user, hashed_token, active, updated_on, id, url))
constexpr auto rules(Of<NewTokenMade>) {
  constexpr Rule kStamp{.time = TimeForm::IsoMicroseconds};
  return std::tuple{field(&NewTokenMade::last_used, kStamp),
                    field(&NewTokenMade::expires, kStamp),
                    field(&NewTokenMade::token, {.text = "The only time that it is told."}),
                    field(&NewTokenMade::created_on, kStamp),
                    field(&NewTokenMade::user, {.text = "The id of its owner."}),
                    field(&NewTokenMade::updated_on, kStamp)};
}

struct NewToken {
  std::string title;
};
BOOST_DESCRIBE_STRUCT(NewToken, (), (title))

struct TokenPatch {
  Patch<bool> active;  // absent: nothing changes
};
BOOST_DESCRIBE_STRUCT(TokenPatch, (), (active))
constexpr auto rules(Of<TokenPatch>) {
  return std::tuple{field(&TokenPatch::active, {.never_null = true})};
}
// What active becomes, if anything. InvalidArgument for null.
Result<std::optional<bool>> to_active(const TokenPatch& body);

Token to_wire(const Links& links, const ShownToken& token);
NewTokenMade to_wire(const Links& links, TokenService::Made made);

}  // namespace gatehouse::soltra_edge
