// SPDX-License-Identifier: Apache-2.0
#include "answers.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include <gatehouse/body.hpp>
#include <gatehouse/body/describe.hpp>
#include <gatehouse/text.hpp>

#include "field_words.hpp"

namespace gatehouse::flexmeasures {

// {"message", "status": 404}
struct Said {
  std::string message;
  std::int64_t status = 0;
};
BOOST_DESCRIBE_STRUCT(Said, (), (message, status))

// {"message", "result": "Rejected", "status": "INVALID_SENDER"}
struct Rejected {
  RawJson message;
  std::optional<std::string> result;
  std::string status;
};
BOOST_DESCRIBE_STRUCT(Rejected, (), (message, result, status))
constexpr auto rules(Of<Rejected>) {
  return std::tuple{field(&Rejected::result, {.omit_null = true})};
}

// {"errors": ["..."], "status": 401}
struct Listed {
  std::vector<std::string> errors;
  std::int64_t status = 0;
};
BOOST_DESCRIBE_STRUCT(Listed, (), (errors, status))

struct Duplicate {
  std::string detail;
  std::string message = "Duplicate user already exists";
  std::int64_t status = 400;
};
BOOST_DESCRIBE_STRUCT(Duplicate, (), (detail, message, status))

// {"meta": {"code": 400}, "response": {"errors": [...], "field_errors": {...}}}
struct FormMeta {
  std::int64_t code = 0;
};
BOOST_DESCRIBE_STRUCT(FormMeta, (), (code))
struct FormFaults {
  std::vector<std::string> errors;
  RawJson field_errors;
};
BOOST_DESCRIBE_STRUCT(FormFaults, (), (errors, field_errors))
struct FormError {
  FormMeta meta;
  FormFaults response;
};
BOOST_DESCRIBE_STRUCT(FormError, (), (meta, response))

namespace {

// Error::reason of what has words of its own.
constexpr std::string_view kNothingNumbered = "nothing_numbered";
constexpr std::string_view kPlain = "plain";
constexpr std::string_view kDuplicate = "duplicate_user";

constexpr std::string_view kVersionEnd = "/v3_0";

template <class T>
void put(Answer& answer, int status, const T& body) {
  answer.status = status;
  answer.content_type = "application/json";
  answer.body = encode_json(body);
}

template <class Add>
void add_headers(const Call& call, Add&& add) {
  add("Vary", "Cookie");
  const std::string_view mount = call.mount();
  if (!mount.ends_with(kVersionEnd)) return;
  const std::string_view api = mount.substr(0, mount.size() - kVersionEnd.size());
  const std::string_view path = call.path().empty() ? mount : call.path();  // "": it is unreadable
  if (path.starts_with(api)) add("FlexMeasures-Version", kVersion);
  if (path.starts_with(mount)) add("API-Version", kVersionEnd.substr(1));
}

std::string_view generic_message(ErrorCode code) {
  switch (code) {
    case ErrorCode::Malformed:
      return "The browser (or proxy) sent a request that this server could not understand.";
    case ErrorCode::NotFound:
      return "The requested URL was not found on the server. If you entered the URL manually "
             "please check your spelling and try again.";
    case ErrorCode::MethodNotAllowed:
      return "The method is not allowed for the requested URL.";
    case ErrorCode::PayloadTooLarge:
      return "The data value transmitted exceeds the capacity limit.";
    case ErrorCode::UnsupportedMediaType:
      return "The server does not support the media type transmitted in the request.";
    case ErrorCode::NeedsHashing:
    case ErrorCode::Internal:
      return "The server encountered an internal error and was unable to complete your request.";
    case ErrorCode::Unauthenticated:
    case ErrorCode::PermissionDenied:
    case ErrorCode::Conflict:
    case ErrorCode::PreconditionFailed:
    case ErrorCode::InvalidArgument:
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable:
      break;  // have words of their own
  }
  return {};
}

std::string message_of(const Error& error) {
  const std::string_view generic = generic_message(error.code);
  if (error.reason == kNothingNumbered || error.reason == kPlain || generic.empty()) {
    return error.message;
  }
  return std::string(generic);
}

// What stands against a field, in groups: location, field, place in a list ("": the field itself).
using Texts = std::vector<std::string>;
using Faults = std::map<std::string, std::map<std::string, std::map<std::string, Texts>>>;

Faults faults_of(const Error& error) {
  Faults faults;
  for (const FieldError& fault : error.fields) {
    const FaultPlace place = place_of(fault);
    faults[place.location][place.field][place.item].push_back(text_of(fault));
  }
  return faults;
}

template <class Map, class Write>
std::string object_of(const Map& members, Write&& write) {
  std::string out = "{";
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ',';
    out += encode_json(name);
    out += ':';
    out += write(value);
  }
  out += '}';
  return out;
}

std::string write_items(const std::map<std::string, Texts>& items) {
  if (items.size() == 1 && items.begin()->first.empty()) return encode_json(items.begin()->second);
  return object_of(items, [](const Texts& texts) { return encode_json(texts); });
}
std::string write_fields(const std::map<std::string, std::map<std::string, Texts>>& fields) {
  return object_of(fields, write_items);
}

void put_rejected(Answer& answer,
                  int status,
                  std::string message,
                  std::optional<std::string> result,
                  std::string_view name) {
  put(answer, status, Rejected{RawJson{std::move(message)}, std::move(result), std::string(name)});
}

void put_words(const Error& error, Answer& answer) {
  const int status = http_status(error.code);
  if (error.reason == kPlain) return put(answer, status, Listed{{error.message}, status});
  if (error.reason == kDuplicate) return put(answer, status, Duplicate{error.message});
  switch (error.code) {
    case ErrorCode::Unauthenticated:
      return put_rejected(
          answer,
          status,
          encode_json(std::string(
              "You could not be properly authenticated for this content or functionality.")),
          std::nullopt,
          "UNAUTHORIZED");
    case ErrorCode::PermissionDenied:
      return put_rejected(answer,
                          status,
                          encode_json(std::string("You cannot be authorized for this content or "
                                                  "functionality.")),
                          "Rejected",
                          "INVALID_SENDER");
    case ErrorCode::InvalidArgument:
      return put_rejected(answer,
                          status,
                          object_of(faults_of(error), write_fields),
                          "Rejected",
                          "UNPROCESSABLE_ENTITY");
    case ErrorCode::RateLimited:
      return put_rejected(
          answer,
          status,
          encode_json(std::string("You hit a rate limit. Please wait before you try again.")),
          "Rejected",
          "TOO_MANY_REQUESTS");
    case ErrorCode::Malformed:
    case ErrorCode::NotFound:
    case ErrorCode::Conflict:
    case ErrorCode::PreconditionFailed:
    case ErrorCode::Unavailable:
    case ErrorCode::MethodNotAllowed:
    case ErrorCode::PayloadTooLarge:
    case ErrorCode::UnsupportedMediaType:
    case ErrorCode::NeedsHashing:
    case ErrorCode::Internal:
      break;
  }
  put(answer, status, Said{message_of(error), status});
}

bool has_neither_body_nor_type(const Call& call) {
  return call.body().empty() && call.header("Content-Type").value_or("").empty();
}

void add_headers_to(const Call& call, Answer& answer) {
  add_headers(call, [&answer](std::string_view name, std::string_view value) {
    answer.headers.emplace_back(name, value);
  });
}

}  // namespace

void dress(Call& call) {
  add_headers(call, [&call](std::string_view name, std::string_view value) {
    call.set_header(name, value);
  });
}

void dress(const Call& call, Answer& answer) {
  add_headers_to(call, answer);
}

void render_error(const Call& call, const Error& error, Answer& answer) {
  put_words(error, answer);
  add_headers_to(call, answer);
}

void render_token_error(const Call& call, const Error& error, Answer& answer) {
  const int status = http_status(error.code);
  if (error.code == ErrorCode::Unauthenticated && error.reason != kPlain) {
    put(answer, status, Listed{{"User password does not match."}, status});
  } else if (error.code == ErrorCode::InvalidArgument && error.reason != kPlain) {
    // A field that is missing, or no text; of what is no object, the one that is asked for first.
    Listed body{{}, 400};
    for (const FieldError& fault : error.fields) {
      const std::string name = place_of(fault).field;
      body.errors.push_back(
          format("Please provide the '{}' parameter.", name == kWholeBody ? "email" : name));
    }
    put(answer, 400, body);
  } else if (error.code == ErrorCode::UnsupportedMediaType ||
             (error.code == ErrorCode::Malformed && has_neither_body_nor_type(call))) {
    put(answer, 400, Listed{{"Content-type of request must be application/json"}, 400});
  } else {
    put_words(error, answer);
  }
  add_headers_to(call, answer);
}

bool is_of_form(const Error& error) {
  return error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::Conflict ||
         error.code == ErrorCode::Malformed || error.code == ErrorCode::UnsupportedMediaType;
}

void render_form_error(const Call& call, const Error& error, Answer& answer) {
  if (!is_of_form(error)) {
    put_words(error, answer);
  } else {
    FormError body;
    body.meta.code = 400;
    std::map<std::string, Texts> fields;
    for (const FieldError& fault : error.fields) {
      const std::string text = text_of(fault);
      body.response.errors.push_back(text);
      fields[place_of(fault).field].push_back(text);
    }
    if (error.fields.empty()) {
      body.response.errors.push_back(message_of(error));
      fields[""].push_back(message_of(error));
    }
    body.response.field_errors.text =
        object_of(fields, [](const Texts& texts) { return encode_json(texts); });
    put(answer, 400, body);
  }
  add_headers_to(call, answer);
}

Error wrong_field(std::string_view pointer, std::string_view text) {
  Error error = invalid(pointer, "{}", text);
  error.fields.front().code = kOwnWords;
  return error;
}

Error nothing_numbered(std::string_view what, std::int64_t number) {
  Error error = not_found();
  error.reason = kNothingNumbered;
  error.message = format("{} {} not found", what, number);
  return error;
}

Error plain_error(ErrorCode code, std::string_view text) {
  return {code, std::string(kPlain), std::string(text), {}, {}};
}

Error duplicate_user(std::string_view detail) {
  return malformed(kDuplicate, "{}", detail);
}

Result<std::int64_t> parse_id(std::string_view what, std::string_view segment) {
  const bool is_number =
      std::all_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return wrong_field(kPathId, "Not a valid integer.");
  std::int64_t number = 0;
  const auto read = std::from_chars(segment.data(), segment.data() + segment.size(), number);
  if (read.ec != std::errc()) {
    Error error = nothing_numbered(what, 0);
    error.message = format("{} {} not found", what, segment);
    return error;
  }
  return number;
}

}  // namespace gatehouse::flexmeasures
