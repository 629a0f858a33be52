// SPDX-License-Identifier: Apache-2.0
#include "session_wire.hpp"

#include <utility>

namespace gatehouse::tokens {
namespace {

SessionUser to_user(const UserRecord& user) {
  return {user.id,
          user.number,
          user.username,
          user.display_name,
          user.email,
          user.account == 0 ? std::nullopt : std::optional(user.account),
          role_names(user.roles)};
}

}  // namespace

SignedIn to_wire(OpenedSession opened) {
  SignedIn wire;
  wire.access_token = std::move(opened.access.text);
  wire.expires_in = opened.access.expires_in.count();
  wire.refresh_token = std::move(opened.refresh_token);
  wire.session = std::move(opened.session.id);
  wire.user = to_user(opened.user);
  return wire;
}

SessionInfo to_wire(const Principal& who, StoredSession session) {
  SessionInfo wire;
  wire.current = who.method == "session" && who.credential == session.id;
  wire.id = std::move(session.id);
  wire.mount = std::move(session.mount);
  wire.method = std::move(session.method);
  wire.created_at = session.created_at;
  wire.signed_in_at = session.signed_in_at;
  wire.last_used_at = session.last_used_at;
  wire.idle_until = session.idle_until;
  wire.expires_at = session.expires_at;
  wire.remote_address = std::move(session.remote_address);
  wire.last_used_address = std::move(session.last_used_address);
  wire.user_agent = std::move(session.user_agent);
  return wire;
}

CurrentSession to_wire(const Principal& who, const UserRecord& user) {
  CurrentSession wire;
  wire.user = to_user(user);
  wire.roles = role_names(who.roles);
  wire.scopes = who.scopes;
  wire.method = who.method;
  if (who.method == "session") wire.session = who.credential;
  if (who.method == "token") wire.token = who.credential;
  wire.expires_at = who.expires_at;
  return wire;
}

}  // namespace gatehouse::tokens
