// SPDX-License-Identifier: Apache-2.0
#include "user_wire.hpp"

#include <algorithm>

#include <gatehouse/field_errors.hpp>
#include <gatehouse/reference.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::wotkit {
namespace {

// Clients that have no last name send one blank, which WoTKit takes.
std::optional<std::string> to_name(const std::string& text) {
  if (text.find_first_not_of(' ') == text.npos) return std::nullopt;
  return text;
}

// Puts a text into a change where it is sent and another one than is shown.
class Changes {
 public:
  void set(const std::optional<std::string>& sent,
           const std::string& shown,
           Patch<std::string>& to) {
    if (sent && *sent != shown) to = *sent;
  }
  void set_name(std::string_view pointer,
                const std::optional<std::string>& sent,
                const std::string& shown,
                Patch<std::string>& to) {
    if (!sent || *sent == shown) return;
    const std::size_t length = count_code_points(*sent);
    if (length == 0) errors_.add(pointer, "too_short", "must not be empty");
    if (length > kMaxNameLength) {
      errors_.add(pointer, "too_long", format("must have at most {} characters", kMaxNameLength));
    }
    const auto name = to_name(*sent);
    if (name) {
      to = *name;
    } else if (!shown.empty()) {
      to.make_null();
    }
  }
  template <class T>
  void keep(std::string_view name, const std::optional<T>& sent, const T& shown) {
    if (!sent || *sent == shown) return;
    errors_.add("/" + std::string(name), "read_only", format("Cannot change {}", name));
  }
  Result<None> result() && { return std::move(errors_).result(); }

 private:
  FieldErrors errors_;
};

}  // namespace

const char* check_reverse(std::string_view text) {
  const bool is_known = text == "true" || text == "false" || text == "1" || text == "0";
  return is_known ? "" : "must be true, false, 1 or 0";
}

User to_wire(const UserRecord& user, Time now) {
  User body;
  body.id = user.number;
  body.username = user.username.value_or("");
  body.email = user.email.value_or("");
  body.firstname = user.first_name.value_or("");
  body.lastname = user.last_name.value_or("");
  body.enabled = user.active;
  body.account_non_expired = !user.expires_at || now < *user.expires_at;
  body.account_non_locked = !user.locked;
  body.credentials_non_expired = !user.password_expires_at || now < *user.password_expires_at;
  body.time_zone = user.timezone;
  return body;
}

UserDraft to_draft(const NewUser& body) {
  UserDraft draft;
  draft.username = body.username;
  draft.password = body.password;
  draft.email = body.email;
  draft.first_name = to_name(body.firstname);
  draft.last_name = to_name(body.lastname);
  draft.timezone = body.time_zone.value_or("UTC");
  return draft;
}

UserFilter to_filter(const UserQuery& query) {
  UserFilter filter;
  filter.text = query.text;
  filter.oldest_first = query.reverse == "true" || query.reverse == "1";
  filter.offset = query.offset;
  filter.limit = std::min(query.limit, kMostShown);
  return filter;
}

Result<UserChange> to_change(const UserUpdate& body, const UserRecord& seen, Time now) {
  const User shown = to_wire(seen, now);
  Changes changes;
  changes.keep("id", body.id, shown.id);
  changes.keep("username", body.username, shown.username);
  changes.keep("enabled", body.enabled, shown.enabled);
  changes.keep("accountNonExpired", body.account_non_expired, shown.account_non_expired);
  changes.keep("accountNonLocked", body.account_non_locked, shown.account_non_locked);
  changes.keep(
      "credentialsNonExpired", body.credentials_non_expired, shown.credentials_non_expired);
  UserChange change;
  changes.set(body.email, shown.email, change.email);
  changes.set_name("/firstname", body.firstname, shown.firstname, change.first_name);
  changes.set_name("/lastname", body.lastname, shown.lastname, change.last_name);
  changes.set(body.time_zone, shown.time_zone, change.timezone);
  change.password = body.password;
  GATEHOUSE_CHECK(std::move(changes).result());
  return change;
}

Result<UserName> parse_user(const Call& call, std::string_view segment) {
  const bool is_number = segment.find_first_not_of("0123456789") == segment.npos;
  if (is_number || is_object_id(segment) || segment == "me") {
    GATEHOUSE_TRY(auto object, parse_user_reference(call, segment));
    return UserName{std::move(object), ""};
  }
  return UserName{{}, std::string(segment)};
}

}  // namespace gatehouse::wotkit
