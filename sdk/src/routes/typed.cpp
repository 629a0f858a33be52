// The part of typed routes that is the same for all types. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <system_error>

#include <gatehouse/body.hpp>
#include <gatehouse/percent.hpp>
#include <gatehouse/routes/typed.hpp>

#include "body/decode.hpp"
#include "body/fields.hpp"
#include "body/write.hpp"

namespace gatehouse {

namespace {

constexpr std::string_view kJson = "application/json";

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

enum class BodyForm { Json, MergePatch, Form, Other };

// Parameters other than charset have no meaning for these types and are ignored (RFC 9110
// section 8.3).
BodyForm body_form(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  content_type.remove_prefix(std::min(content_type.size(), content_type.find(';')));
  while (!content_type.empty()) {
    content_type.remove_prefix(1);
    const std::string_view one = content_type.substr(0, content_type.find(';'));
    content_type.remove_prefix(one.size());
    const std::size_t equals = std::min(one.find('='), one.size());
    if (!same_word(trim(one.substr(0, equals)), "charset")) continue;
    std::string_view value = trim(one.substr(std::min(one.size(), equals + 1)));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    if (!same_word(value, "utf-8")) return BodyForm::Other;
  }
  if (same_word(type, kJson)) return BodyForm::Json;
  if (same_word(type, "application/merge-patch+json")) return BodyForm::MergePatch;
  return same_word(type, "application/x-www-form-urlencoded") ? BodyForm::Form : BodyForm::Other;
}

Result<None> read_body(
    const Call& call, Lenient lenient, const Type& type, void* object, body::FieldErrors& errors) {
  const auto content_type = call.header("content-type");
  const BodyForm form = content_type ? body_form(*content_type) : BodyForm::Other;
  // A body that may be missing is not null when it is there.
  const bool may_be_missing = type.kind == Kind::Optional;
  const Type& told = may_be_missing ? *type.element : type;
  const auto target = [&] { return may_be_missing ? type.emplace(object) : object; };
  if (form == BodyForm::Form && has(lenient, Lenient::Forms)) {
    GATEHOUSE_TRY(const body::Pairs pairs, body::split_form(call.body()));
    body::read_pairs(told, pairs, body::Place{}, lenient, target(), errors);
    return None{};
  }
  if (call.body().empty()) {
    if (may_be_missing) return None{};
    return malformed("body_required", "A JSON body is required.");
  }
  // RFC 7396: a merge patch says how to change what is there, which only PATCH does.
  const bool is_json =
      form == BodyForm::Json || (form == BodyForm::MergePatch && call.method() == "PATCH");
  if (!is_json && !has(lenient, Lenient::AnyContentType)) {
    return Error{ErrorCode::UnsupportedMediaType,
                 "unsupported_media_type",
                 has(lenient, Lenient::Forms)
                     ? "Send the body as application/json or application/x-www-form-urlencoded, in "
                       "UTF-8, and say so in Content-Type."
                     : "Send the body as application/json in UTF-8, and say so in Content-Type.",
                 {},
                 {}};
  }
  return body::read_json(told, call.body(), lenient, target(), errors);
}

// The id of an object as text, empty when it has none.
std::string id_of(const Type& type, const void* object) {
  for (std::uint32_t i = 0; type.kind == Kind::Struct && i < type.field_count; ++i) {
    const Field& field = body::field_at(type, i);
    if (std::string_view(field.name) != "id") continue;
    const void* const id = field.member(const_cast<void*>(object));  // only read
    if (field.type->kind == Kind::String) return *static_cast<const std::string*>(id);
    if (field.type->kind == Kind::Integer) {
      return std::to_string(*static_cast<const std::int64_t*>(id));
    }
  }
  return {};
}

}  // namespace

std::optional<std::int64_t> parse_path_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end || std::to_string(value) != text) {
    return std::nullopt;  // one object, one path: "007" is not 7
  }
  return value;
}

Result<None> read_request(const Call& call,
                          Lenient lenient,
                          const Type* query_type,
                          void* query,
                          const Type* body_type,
                          void* body) {
  body::FieldErrors errors;
  if (query_type != nullptr) {
    const body::Place root{body::Place::Kind::Query, nullptr, {}, 0};
    body::read_pairs(*query_type, call.parameters(), root, lenient, query, errors);
  }
  if (body_type != nullptr) {
    GATEHOUSE_CHECK(read_body(call, lenient, *body_type, body, errors));
  }
  return std::move(errors).result();
}

void answer_object(Answer& answer, int status, const Type& type, const void* object) {
  answer.status = status;
  answer.content_type = kJson;
  encode(type, object, answer.body);
}

void answer_tagged(Call& call, Answer& answer, int status, const Type& type, const void* object) {
  if (!call.has_etag()) return answer_object(answer, status, type, object);
  answer.status = status;
  answer.content_type = kJson;
  call.set_etag(encode_tagged(type, object, answer.body));
}

void answer_created(
    Call& call, Answer& answer, const Type& type, const void* object, std::string_view location) {
  answer_tagged(call, answer, 201, type, object);
  if (!location.empty()) {
    answer.headers.emplace_back("Location", location);
    return;
  }
  const std::string id = id_of(type, object);
  if (id.empty()) return;
  std::string path(call.path());
  if (!path.ends_with('/')) path += '/';
  append_percent_encoded(id, path);
  answer.headers.emplace_back("Location", std::move(path));
}

void answer_page(const Call& call,
                 Answer& answer,
                 const Type& list,
                 const void* items,
                 const std::optional<std::string>& next) {
  answer.status = 200;
  answer.content_type = kJson;
  answer.body += "{\"items\":";
  encode(list, items, answer.body);
  answer.body += ",\"next\":";
  if (!next) {
    answer.body += "null}";
    return;
  }
  body::append_string(*next, answer.body);
  answer.body += '}';
  std::string link = "<";
  link += call.path();
  link += '?';
  for (const auto& [name, value] : call.parameters()) {
    if (name == "cursor") continue;
    append_percent_encoded(name, link);
    link += '=';
    append_percent_encoded(value, link);
    link += '&';
  }
  link += "cursor=";
  append_percent_encoded(*next, link);
  link += ">; rel=\"next\"";
  answer.headers.emplace_back("Link", std::move(link));
}

void answer_composed(Answer& answer, Answer&& composed) {
  answer.status = composed.status;
  answer.content_type = std::move(composed.content_type);
  answer.body = std::move(composed.body);
  for (auto& header : composed.headers) answer.headers.push_back(std::move(header));
}

}  // namespace gatehouse
