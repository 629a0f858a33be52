// SPDX-License-Identifier: Apache-2.0
#include "token_wire.hpp"

#include <utility>

#include <gatehouse/field_errors.hpp>

namespace gatehouse::soltra_edge {

Result<std::optional<bool>> to_active(const TokenPatch& body) {
  FieldErrors errors;
  if (body.active.is_null()) errors.add("/active", "null", "cannot be null");
  GATEHOUSE_CHECK(std::move(errors).result());
  return body.active.value();
}

Token to_wire(const Links& links, const ShownToken& token) {
  const ApiTokenRecord& record = token.record;
  Token shown;
  shown.id = record.id;
  shown.title = record.title;
  shown.url = links.token(token.owner, record.id);
  shown.hashed_token = token.hash;
  shown.active = record.active;
  shown.created_on = record.created_at;
  shown.updated_on = record.updated_at;
  shown.last_used = record.last_used_at;
  shown.expires = record.expires_at;
  return shown;
}

NewTokenMade to_wire(const Links& links, TokenService::Made made) {
  const ApiTokenRecord& record = made.token.record;
  NewTokenMade shown;
  shown.title = record.title;
  shown.expires = record.expires_at;
  shown.token = std::move(made.secret);
  shown.created_on = record.created_at;
  shown.user = made.token.owner;
  shown.hashed_token = made.token.hash;
  shown.active = record.active;
  shown.updated_on = record.updated_at;
  shown.id = record.id;
  shown.url = links.token(made.token.owner, record.id);
  return shown;
}

}  // namespace gatehouse::soltra_edge
