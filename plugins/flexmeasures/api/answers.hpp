// What every answer of this dialect has, and how its errors look: contracts/flexmeasures.md, 1.1.
// Threads: any. Blocking: never. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/call.hpp>
#include <gatehouse/result.hpp>

namespace gatehouse::flexmeasures {

// The release of FlexMeasures whose answers these are; its client looks up there what it may ask.
constexpr std::string_view kVersion = "0.33.1";

// A success on its way out: with the headers of the dialect.
void dress(Call& call);
template <class T>
T dressed(Call& call, T value) {
  dress(call);
  return value;
}

// An error on its way out, where it is rendered elsewhere.
void dress(const Call& call, Answer& answer);
// Whether what was sent is at fault, which is always 400 where a browser signs in.
bool is_of_form(const Error& error);

// The errors below the mount; those of POST /api/requestAuthToken ({"errors": [...]}); and those of
// signing in with a browser ({"meta": ..., "response": ...}).
void render_error(const Call& call, const Error& error, Answer& answer);
void render_token_error(const Call& call, const Error& error, Answer& answer);
void render_form_error(const Call& call, const Error& error, Answer& answer);

// For /openapi.json: what every operation below the mount may answer (Route::answers()).
constexpr std::string_view kInvalidRequest = "INVALID_REQUEST: what cannot be read.";
constexpr std::string_view kUnauthorized = "UNAUTHORIZED";
constexpr std::string_view kInvalidSender = "INVALID_SENDER";
constexpr std::string_view kUnprocessable =
    "UNPROCESSABLE_ENTITY: \"message\" tells what is wrong, by place and field.";

// Errors in the dialect's own words.
//
// 422 {"message": {"json": {"name": ["..."]}}}; `text` is shown as it is.
Error wrong_field(std::string_view pointer, std::string_view text);
// 404 "User 7 not found".
Error nothing_numbered(std::string_view what, std::int64_t number);
// {"errors": ["..."]}, with the status of `code`.
Error plain_error(ErrorCode code, std::string_view text);
// 400 {"message": "Duplicate user already exists"}.
Error duplicate_user(std::string_view detail);

// The number that a segment of the path is. 422 for what is none, 404 for what is too large to be
// anybody's.
Result<std::int64_t> parse_id(std::string_view what, std::string_view segment);

}  // namespace gatehouse::flexmeasures
