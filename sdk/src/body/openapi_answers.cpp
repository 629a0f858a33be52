// SPDX-License-Identifier: Apache-2.0
#include "body/openapi_answers.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

namespace {

using body::Direction;
using body::JsonWriter;
using body::Schemas;

constexpr Rule kNoRule;

constexpr std::string_view kProblemSchema =
    R"({"type":"object","description":"RFC 9457. `errors` tells all fields that broke a rule.",)"
    R"("properties":{"type":{"type":"string","format":"uri-reference",)"
    R"("examples":["urn:gatehouse:problem:invalid_fields"]},"title":{"type":"string"},)"
    R"("status":{"type":"integer","minimum":400,"maximum":599},"detail":{"type":"string"},)"
    R"("code":{"type":"string","description":"Stable, for programs.",)"
    R"("examples":["invalid_fields"]},)"
    R"("request_id":{"type":"string","description":"As in X-Request-Id."},)"
    R"("errors":{"type":"array","items":{"type":"object",)"
    R"("properties":{"pointer":{"type":"string","description":"A JSON pointer into the body, or )"
    R"(?name in the query.","examples":["/email"]},"code":{"type":"string"},)"
    R"("detail":{"type":"string"}},)"
    R"("required":["pointer","code","detail"]}}},)"
    R"("required":["type","title","status","detail","code","request_id"]})";

constexpr std::string_view kRequestId = R"({"$ref":"#/components/headers/RequestId"})";
constexpr std::string_view kRequestIdHeader =
    R"({"description":"The request's id: the client's own X-Request-Id if it sent a plain one. )"
    R"(The log has it too.","schema":{"type":"string"}})";
constexpr std::string_view kRetryAfter =
    R"({"description":"Seconds to wait.","schema":{"type":"integer","minimum":0}})";
constexpr std::string_view kAuthenticate =
    R"({"description":"How to sign in, one challenge a scheme.","schema":{"type":"string"}})";
constexpr std::string_view kRateLimitPolicy =
    R"({"description":"The limit: its name, its quota q and its window w in seconds )"
    R"((draft-ietf-httpapi-ratelimit-headers).","schema":{"type":"string",)"
    R"("examples":["\"sign-in\";q=100;w=3600"]}})";
constexpr std::string_view kRateLimit =
    R"({"description":"What is left of it, r, and the seconds until there is more, t.",)"
    R"("schema":{"type":"string","examples":["\"sign-in\";r=0;t=30"]}})";

// An error that routes share; its component has the name.
struct ErrorText {
  int status;
  const char* name;
  const char* text;
};
constexpr std::array kErrors{
    ErrorText{400, "Malformed", "The request cannot be read."},
    ErrorText{401, "Unauthenticated", "No credential, or one that does not hold."},
    ErrorText{
        403,
        "PermissionDenied",
        "The caller is known, but may not do this. Of a token whose scopes are not enough the "
        "code is insufficient_scope, and WWW-Authenticate says so, too."},
    ErrorText{404, "NotFound", "It does not exist, or the caller may not see it."},
    ErrorText{409, "Conflict", "Another object or state stands against it."},
    ErrorText{412, "PreconditionFailed", "The object is not in the state that the client named."},
    ErrorText{413, "PayloadTooLarge", "The body is larger than x-body-limit bytes."},
    ErrorText{415, "UnsupportedMediaType", "The body's content type is none of those above."},
    ErrorText{422, "InvalidFields", "Fields break their rules; `errors` tells all of them."},
    ErrorText{429, "RateLimited", "Too many sign-ins have failed, or too many requests came."},
    ErrorText{500, "Internal", "A mistake in the server; its log has it under the request's id."},
    ErrorText{503, "Unavailable", "Not now: the server is full, drains or lacks its database."},
};

const ErrorText* error_text(int status) {
  const auto found = std::find_if(
      kErrors.begin(), kErrors.end(), [status](const auto& one) { return one.status == status; });
  return found == kErrors.end() ? nullptr : &*found;
}

const ApiAnswer* answer_of(const ApiRoute& route, int status) {
  const auto found = std::find_if(route.answers.begin(),
                                  route.answers.end(),
                                  [status](const auto& one) { return one.status == status; });
  return found == route.answers.end() ? nullptr : &*found;
}

// Statuses of errors whose shape is problem+json and that come to pass without the handler's word.
std::vector<int> implied_errors(const ApiRoute& route) {
  const RouteSpec& spec = route.spec;
  const bool reads = spec.body != nullptr || spec.query != nullptr;
  const bool conditional = route.etag && spec.method != Method::Post;
  std::vector<int> statuses{500, 503};
  if (reads || conditional || route.idempotency_key) statuses.push_back(400);
  if (reads || route.idempotency_key) statuses.push_back(422);
  if (route.idempotency_key) statuses.push_back(409);
  if (spec.permission != "public") statuses.insert(statuses.end(), {401, 403, 429});
  if (!spec.path_parameters.empty()) statuses.push_back(404);
  if (conditional) statuses.push_back(412);
  if (spec.body != nullptr) statuses.insert(statuses.end(), {413, 415});
  return statuses;
}

// `codes`: "username_taken, email_taken (also by managed users)", or empty.
void write_problem(int status, std::string_view codes, JsonWriter& out) {
  const ErrorText* const known = error_text(status);
  std::string text = known != nullptr ? known->text : "An error.";
  out.begin_object();
  if (!codes.empty()) text.append(" Codes: ").append(codes).append(".");
  out.key("description").string(text);
  out.key("headers").begin_object();
  out.key("X-Request-Id").raw(kRequestId);
  if (status == 401) out.key("WWW-Authenticate").raw(kAuthenticate);
  if (status == 429) {
    out.key("RateLimit-Policy").raw(kRateLimitPolicy);
    out.key("RateLimit").raw(kRateLimit);
  }
  if (status == 429 || status == 503) out.key("Retry-After").raw(kRetryAfter);
  out.end_object();
  out.key("content").begin_object().key("application/problem+json").begin_object();
  out.key("schema").raw(R"({"$ref":"#/components/schemas/Problem"})");
  out.end_object().end_object();
  if (!codes.empty()) {
    out.key("x-codes").begin_array();
    while (!codes.empty()) {
      const std::string_view part = codes.substr(0, codes.find(", "));
      out.string(part.substr(0, part.find(' ')));
      codes.remove_prefix(std::min(codes.size(), part.size() + 2));
    }
    out.end_array();
  }
  out.end_object();
}

const char* success_text(const RouteSpec& spec) {
  if (spec.page) return "One page of the list.";
  switch (spec.status) {
    case 201:
      return "It is made; Location tells where it is.";
    case 202:
      return "Accepted; the work goes on.";
    case 204:
      return "It is done; there is no body.";
    default:
      return "What was asked for.";
  }
}

void write_page(const RouteSpec& spec, const Schemas& schemas, JsonWriter& out) {
  out.begin_object();
  out.key("type").string("object");
  out.key("properties").begin_object();
  out.key("items").begin_object().key("type").string("array").key("items");
  schemas.write(*spec.result, kNoRule, Direction::Output, out);
  out.end_object();
  out.key("next").raw(
      R"({"type":["string","null"],"description":"The cursor of the next page, null on the last."})");
  out.end_object();
  out.key("required").begin_array().string("items").string("next").end_array();
  out.end_object();
}

void write_content(const ApiRoute& route, const Schemas& schemas, JsonWriter& out) {
  const RouteSpec& spec = route.spec;
  const bool described = spec.result != nullptr;
  if (!described && route.content.empty()) return;
  out.key("content").begin_object();
  out.key(described ? "application/json" : route.content).begin_object().key("schema");
  if (spec.page) {
    write_page(spec, schemas, out);
  } else if (described) {
    schemas.write(*spec.result, kNoRule, Direction::Output, out);
  } else {
    // JSON without a described type may be anything.
    out.raw(route.content.find("json") != std::string::npos ? "{}" : R"({"type":"string"})");
  }
  out.end_object().end_object();
}

void write_answer_headers(const ApiRoute& route, JsonWriter& out) {
  out.key("headers").begin_object();
  out.key("X-Request-Id").raw(kRequestId);
  if (route.spec.status == 201) {
    out.key("Location")
        .raw(R"({"description":"Where the new object is.",)"
             R"("schema":{"type":"string","format":"uri-reference"}})");
  }
  if (route.spec.page) {
    out.key("Link").raw(
        R"({"description":"rel=\"next\", when there is one","schema":{"type":"string"}})");
  }
  if (route.etag && route.spec.result != nullptr) {
    out.key("ETag").raw(R"({"description":"The object's state.","schema":{"type":"string"}})");
  }
  if (route.idempotency_key) {
    out.key("Idempotent-Replay")
        .raw(R"({"description":"The answer to an earlier request with the same Idempotency-Key",)"
             R"("schema":{"type":"string","const":"true"}})");
  }
  out.end_object();
}

void write_plain(std::string_view text, JsonWriter& out) {
  out.begin_object();
  out.key("description").string(text);
  out.key("headers").begin_object().key("X-Request-Id").raw(kRequestId).end_object();
  out.end_object();
}

}  // namespace

std::vector<int> declared_statuses(const ApiRoute& route) {
  std::set<int> statuses{route.spec.status};
  if (route.etag && route.spec.method == Method::Get) statuses.insert(304);
  for (const ApiAnswer& answer : route.answers) statuses.insert(answer.status);
  if (route.errors == ErrorShape::Problem) {
    for (const int status : implied_errors(route)) statuses.insert(status);
  }
  return {statuses.begin(), statuses.end()};
}

void body::write_responses(const ApiRoute& route, const Schemas& schemas, JsonWriter& out) {
  const RouteSpec& spec = route.spec;
  out.key("responses").begin_object();
  for (const int status : declared_statuses(route)) {
    const ApiAnswer* const told = answer_of(route, status);
    out.key(std::to_string(status));
    if (status == spec.status) {
      out.begin_object();
      out.key("description").string(told != nullptr ? told->text : success_text(spec));
      write_answer_headers(route, out);
      write_content(route, schemas, out);
      out.end_object();
    } else if (status < 400 || route.errors == ErrorShape::Own) {
      write_plain(told != nullptr ? told->text : "The object is as If-None-Match has it.", out);
    } else if (told == nullptr && error_text(status) != nullptr) {
      const std::string name = error_text(status)->name;
      out.begin_object().key("$ref").string("#/components/responses/" + name).end_object();
    } else {
      write_problem(status, told == nullptr ? std::string_view() : told->text, out);
    }
  }
  if (route.errors == ErrorShape::Own) {
    out.key("default");
    write_plain("An error in the shape of this API.", out);
  }
  out.end_object();
}

void body::write_answer_components(std::span<const ApiRoute> routes, JsonWriter& out) {
  std::set<int> used;
  for (const ApiRoute& route : routes) {
    if (route.errors == ErrorShape::Own) continue;
    for (const int status : implied_errors(route)) {
      if (answer_of(route, status) == nullptr) used.insert(status);
    }
  }
  out.key("headers").begin_object();
  if (!routes.empty()) out.key("RequestId").raw(kRequestIdHeader);
  out.end_object();
  out.key("responses").begin_object();
  for (const int status : used) {
    out.key(error_text(status)->name);
    write_problem(status, {}, out);
  }
  out.end_object();
}

void body::write_problem_schema(JsonWriter& out) {
  out.key("Problem").raw(kProblemSchema);
}

}  // namespace gatehouse
