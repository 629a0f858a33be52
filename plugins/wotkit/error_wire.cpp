// SPDX-License-Identifier: Apache-2.0
#include "error_wire.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gatehouse/body.hpp>

namespace gatehouse::wotkit {

struct Failure {
  std::int64_t status = 0;
  std::int64_t code = 0;  // WoTKit's own numbers, of which nothing is documented but this one
  std::string message;
  std::vector<std::string> developer_message;
  RawJson more_info{"{}"};  // field to text
};
BOOST_DESCRIBE_STRUCT(Failure, (), (status, code, message, developer_message, more_info))
constexpr auto rules(Of<Failure>) {
  return std::tuple{field(&Failure::developer_message, {.name = "developerMessage"}),
                    field(&Failure::more_info, {.name = "moreInfo"})};
}

struct FailureBody {
  Failure error;
};
BOOST_DESCRIBE_STRUCT(FailureBody, (), (error))

namespace {

constexpr const char* kInvalid = "Invalid request.";

// The name on this mount of what a pointer (or "?name") names.
std::string field_name(const FieldError& field) {
  const std::string name = field.pointer.substr(std::min<std::size_t>(1, field.pointer.size()));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOwnNames{
      {{"first_name", "firstname"}, {"last_name", "lastname"}, {"timezone", "timeZone"}}};
  for (const auto& [general, own] : kOwnNames) {
    if (name == general) return std::string(own);
  }
  return name.empty() ? "body" : name;
}

// The end of a sentence, but for what is a sentence here.
std::string sentence(const FieldError& field) {
  if (field.code == "read_only") return field.detail;
  return field_name(field) + " " + field.detail;
}

bool is_extraneous(const FieldError& field) {
  return field.code == "read_only" || field.code == "unknown";
}

void append_text(const std::string& text, std::string& out) {
  encode(type_of<std::string>(), &text, out);
}

// The first mistake of each field.
RawJson by_field(const std::vector<FieldError>& fields) {
  std::vector<std::string> names;
  std::string text = "{";
  for (const FieldError& field : fields) {
    std::string name = field_name(field);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    if (!names.empty()) text += ',';
    append_text(name, text);
    text += ':';
    append_text(field.detail, text);
    names.push_back(std::move(name));
  }
  return {text + '}'};
}

std::string message_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::Malformed:
      return kInvalid;
    case ErrorCode::InvalidArgument:
      return std::any_of(error.fields.begin(), error.fields.end(), is_extraneous)
                 ? "Extraneous field."
                 : kInvalid;
    case ErrorCode::Unauthenticated:
      return "Not authenticated.";
    case ErrorCode::PermissionDenied:
      return "Access is denied.";
    case ErrorCode::NotFound:
      return "Could not locate this resource.";
    case ErrorCode::Conflict:
      return error.reason == "username_taken" ? "A user with this username already exists."
                                              : error.message;
    case ErrorCode::PreconditionFailed:
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable:
    case ErrorCode::MethodNotAllowed:
    case ErrorCode::PayloadTooLarge:
    case ErrorCode::UnsupportedMediaType:
    case ErrorCode::Internal:
    case ErrorCode::NeedsHashing:
      return error.message;
  }
  return error.message;  // a number that is no enumerator
}

// A taken address is a bad field here (contract section 4), not a conflict.
Error in_own_words(const Error& error) {
  if (error.code != ErrorCode::Conflict || error.reason != "email_taken") return error;
  Error own = invalid("/email", "already exists");
  own.message = error.message;
  return own;
}

}  // namespace

void render_error(const Call&, const Error& error, Answer& answer) {
  const Error own = in_own_words(error);
  const bool is_invalid = own.code == ErrorCode::InvalidArgument;
  FailureBody body;
  body.error.status = is_invalid ? http_status(ErrorCode::Malformed) : http_status(own.code);
  body.error.message = message_of(own);
  for (const FieldError& field : own.fields) {
    body.error.developer_message.push_back(sentence(field));
  }
  if (own.fields.empty()) body.error.developer_message.push_back(own.message);
  body.error.more_info = by_field(own.fields);
  answer.status = static_cast<int>(body.error.status);
  answer.content_type = "application/json";
  answer.body = encode_json(body);
}

}  // namespace gatehouse::wotkit
