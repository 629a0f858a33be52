// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse::soltra_edge {
namespace {

struct Detail {
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(Detail, (), (detail))

// Of a pointer: "/memberships/1" and "?memberships" are both "memberships".
std::string field_of(std::string_view pointer) {
  if (!pointer.empty()) pointer.remove_prefix(1);
  const std::string_view name = pointer.substr(0, pointer.find('/'));
  return name.empty() ? "non_field_errors" : std::string(name);
}

std::string text_of(const FieldError& error) {
  if (error.code == "null") return "This field may not be null.";
  return format("This field {}.", error.detail);
}

// One member for each field, in the order of the first mistake in it.
std::string write_fields(const std::vector<FieldError>& errors) {
  std::vector<std::pair<std::string, std::vector<std::string>>> fields;
  for (const FieldError& error : errors) {
    std::string name = field_of(error.pointer);
    auto field = fields.begin();
    while (field != fields.end() && field->first != name) ++field;
    if (field == fields.end()) field = fields.insert(field, {std::move(name), {}});
    field->second.push_back(text_of(error));
  }
  std::string body;
  for (const auto& [name, texts] : fields) {
    body += body.empty() ? '{' : ',';
    body += encode_json(name);
    body += ':';
    body += encode_json(texts);
  }
  return body + '}';
}

std::string_view scheme_of(const Call& call) {
  const auto sent = call.header("Authorization");
  return sent ? sent->substr(0, sent->find(' ')) : std::string_view();
}

std::string tell_unauthenticated(const Call& call) {
  const std::string scheme = fold(scheme_of(call));
  if (scheme == "basic") return "Invalid username/password.";
  if (scheme == "token") return "Invalid token.";
  return "Authentication credentials were not provided.";
}

std::string tell(const Call& call, const Error& error) {
  switch (error.code) {
    case ErrorCode::Unauthenticated:
      return tell_unauthenticated(call);
    case ErrorCode::PermissionDenied:
      if (error.reason == "no_api_access") {
        return "This user may not use the REST API: ask an administrator for allow_rest_access.";
      }
      if (error.message == denied().message) break;
      return error.message;
    case ErrorCode::NotFound:
      return "Not found.";
    case ErrorCode::MethodNotAllowed:
      return format("Method \"{}\" not allowed.", call.method());
    case ErrorCode::UnsupportedMediaType:
      return format("Unsupported media type \"{}\" in request.",
                    call.header("Content-Type").value_or(""));
    case ErrorCode::RateLimited:
      return "Request was throttled.";
    case ErrorCode::Malformed:
    case ErrorCode::Conflict:
    case ErrorCode::PreconditionFailed:
    case ErrorCode::InvalidArgument:
    case ErrorCode::Unavailable:
    case ErrorCode::PayloadTooLarge:
    case ErrorCode::Internal:
    case ErrorCode::NeedsHashing:
      return error.message;
  }
  return "You do not have permission to perform this action.";
}

}  // namespace

void render_error(const Call& call, const Error& error, Answer& answer) {
  const bool is_about_fields = error.code == ErrorCode::InvalidArgument;
  answer.status = is_about_fields ? 400 : http_status(error.code);
  answer.content_type = "application/json";
  answer.body =
      error.fields.empty() ? encode_json(Detail{tell(call, error)}) : write_fields(error.fields);
}

}  // namespace gatehouse::soltra_edge
