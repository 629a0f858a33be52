// Errors as application/problem+json (RFC 9457), the shape of every route that names no other.
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/body.hpp>
#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>

#include "runtime/exchange.hpp"

namespace gatehouse {

BOOST_DESCRIBE_STRUCT(FieldError, (), (pointer, code, detail))

namespace problem {

struct Problem {
  std::string type;
  std::string title;
  std::int64_t status = 0;
  std::string detail;
  std::string code;
  std::string request_id;
  std::optional<std::vector<FieldError>> errors;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, detail, code, request_id, errors))
constexpr auto rules(Of<Problem>) {
  return std::tuple{field(&Problem::errors, {.omit_null = true})};
}

struct Words {
  const char* title;
  const char* code;
};

Words words(ErrorCode code) {
  switch (code) {
    case ErrorCode::Malformed:
      return {"The request cannot be read", "malformed"};
    case ErrorCode::Unauthenticated:
      return {"Not signed in", "unauthenticated"};
    case ErrorCode::PermissionDenied:
      return {"Not allowed", "permission_denied"};
    case ErrorCode::NotFound:
      return {"Not found", "not_found"};
    case ErrorCode::Conflict:
      return {"Conflict", "conflict"};
    case ErrorCode::PreconditionFailed:
      return {"The object has changed", "precondition_failed"};
    case ErrorCode::InvalidArgument:
      return {"Fields break their rules", "invalid_fields"};
    case ErrorCode::RateLimited:
      return {"Too many requests", "rate_limited"};
    case ErrorCode::Unavailable:
      return {"Not available now", "unavailable"};
    case ErrorCode::MethodNotAllowed:
      return {"Method not allowed", "method_not_allowed"};
    case ErrorCode::PayloadTooLarge:
      return {"The body is too large", "payload_too_large"};
    case ErrorCode::UnsupportedMediaType:
      return {"Unsupported content type", "unsupported_media_type"};
    case ErrorCode::NeedsHashing:
    case ErrorCode::Internal:
      return {"Internal error", "internal"};
  }
  return {"Error", "error"};  // a number that is no enumerator
}

}  // namespace problem

void render_problem(const Call& call, const Error& error, Answer& answer) {
  runtime::render_problem_as(http_status(error.code), call, error, answer);
}

void runtime::render_problem_as(int status, const Call& call, const Error& error, Answer& answer) {
  const problem::Words words = problem::words(error.code);
  problem::Problem body;
  body.code = error.reason.empty() ? words.code : error.reason;
  body.type = "urn:gatehouse:problem:" + body.code;
  body.title = words.title;
  body.status = status;
  body.detail = error.message;
  body.request_id = call.request_id();
  if (!error.fields.empty()) body.errors = error.fields;
  answer.status = status;
  answer.content_type = "application/problem+json";
  answer.body = encode_json(body);
}

}  // namespace gatehouse
