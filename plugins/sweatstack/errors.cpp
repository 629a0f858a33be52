// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/body.hpp>

namespace gatehouse::sweatstack {

// HTTPValidationError and ValidationError of seed document 002.
struct ValidationError {
  std::vector<std::string> loc;
  std::string msg;
  std::string type;
};
BOOST_DESCRIBE_STRUCT(ValidationError, (), (loc, msg, type))

struct HttpValidationError {
  std::vector<ValidationError> detail;
};
BOOST_DESCRIBE_STRUCT(HttpValidationError, (), (detail))

struct PlainError {
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(PlainError, (), (detail))

namespace {

constexpr int kUnprocessable = 422;
constexpr std::string_view kJson = "application/json";

// The words of pydantic 2.
const ValidationError kNoObject{
    {"body"},
    "Input should be a valid dictionary or object to extract fields from",
    "model_attributes_type"};
const ValidationError kNoBody{{"body"}, "Field required", "missing"};
const ValidationError kNoJson{{"body"}, "JSON decode error", "json_invalid"};
const ValidationError kNoForm{{"body"}, "There was an error parsing the body", "form_invalid"};

// "/first_name" of the body, "?name" of the query.
std::vector<std::string> place_of(std::string_view pointer) {
  const std::string_view name = pointer.substr(pointer.empty() ? 0 : 1);
  std::vector<std::string> loc{pointer.starts_with('?') ? "query" : "body"};
  if (!name.empty()) loc.emplace_back(name);
  return loc;
}

// "must have at most 255 characters" as "String should have at most 255 characters".
std::string length_in_words(std::string_view detail) {
  constexpr std::string_view kMust = "must ";
  if (detail == "must not be empty") return "String should have at least 1 character";
  return "String should " +
         std::string(detail.substr(detail.starts_with(kMust) ? kMust.size() : 0));
}

ValidationError of_type(const FieldError& field) {
  const auto loc = place_of(field.pointer);
  if (field.pointer.empty()) return kNoObject;
  if (field.detail == "must be true or false") {
    return {loc, "Input should be a valid boolean, unable to interpret input", "bool_parsing"};
  }
  return {loc, "Input should be a valid string", "string_type"};
}

ValidationError in_words(const FieldError& field) {
  const auto loc = place_of(field.pointer);
  if (field.code == "required") return {loc, "Field required", "missing"};
  // Of what may be null but not absent, the check tells by its words (user_wire.hpp).
  const bool is_no_string = field.detail == "must be a string";
  const bool is_long = field.code == "too_long" || field.detail.starts_with("must have at most ");
  if (field.code == "type" || field.code == "null" || is_no_string) return of_type(field);
  if (is_long) return {loc, length_in_words(field.detail), "string_too_long"};
  if (field.code == "too_short") return {loc, length_in_words(field.detail), "string_too_short"};
  return {loc, "Value error, " + field.detail, "value_error"};
}

// Nothing: not about what the fields hold.
std::optional<HttpValidationError> validation_of(const Error& error) {
  if (error.code == ErrorCode::UnsupportedMediaType) return HttpValidationError{{kNoObject}};
  if (error.code == ErrorCode::Malformed) {
    if (error.reason == "malformed_json") return HttpValidationError{{kNoJson}};
    if (error.reason == "malformed_form") return HttpValidationError{{kNoForm}};
    if (error.reason == "body_required") return HttpValidationError{{kNoBody}};
    return std::nullopt;
  }
  if (error.code != ErrorCode::InvalidArgument) return std::nullopt;
  HttpValidationError body;
  for (const FieldError& field : error.fields) body.detail.push_back(in_words(field));
  return body;
}

std::string words_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::Unauthenticated:
      return "Not authenticated";
    case ErrorCode::NotFound:
      return error.reason == not_found().reason ? "Not Found" : error.message;
    case ErrorCode::MethodNotAllowed:
      return "Method Not Allowed";
    case ErrorCode::Internal:
    case ErrorCode::NeedsHashing:
      return "Internal Server Error";
    case ErrorCode::Malformed:
    case ErrorCode::PermissionDenied:
    case ErrorCode::Conflict:
    case ErrorCode::PreconditionFailed:
    case ErrorCode::InvalidArgument:
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable:
    case ErrorCode::PayloadTooLarge:
    case ErrorCode::UnsupportedMediaType:
      return error.message;
  }
  return error.message;
}

}  // namespace

void render_error(const Call&, const Error& error, Answer& answer) {
  answer.content_type = kJson;
  if (const auto validation = validation_of(error)) {
    answer.status = kUnprocessable;
    answer.body = encode_json(*validation);
    return;
  }
  answer.status = http_status(error.code);
  answer.body = encode_json(PlainError{words_of(error)});
}

}  // namespace gatehouse::sweatstack
