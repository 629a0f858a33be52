// What makes a route of a lambda: its signature is taken apart here, everything that does not
// depend on its types happens in libgatehouse-sdk. Included by routes.hpp.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/mp11.hpp>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/lenient.hpp>
#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/routes.hpp>

namespace gatehouse {

// How a segment of the path becomes a handler's parameter. Specialise it for types of your own:
//   template <>
//   struct gatehouse::PathParameter<NoteId> {
//     static std::optional<NoteId> parse(std::string_view text);  // nothing: the answer is 404
//   };
// `text` is decoded, well-formed and never empty, and lives as long as the call.
template <class T>
struct PathParameter;

// Without sign or leading zeros, but for a minus.
GATEHOUSE_API std::optional<std::int64_t> parse_path_integer(std::string_view text);

template <>
struct PathParameter<std::int64_t> {
  static constexpr const Type& type() { return type_of<std::int64_t>(); }
  static std::optional<std::int64_t> parse(std::string_view text) {
    return parse_path_integer(text);
  }
};
template <>
struct PathParameter<std::string> {
  static std::optional<std::string> parse(std::string_view text) { return std::string(text); }
};
template <>
struct PathParameter<std::string_view> {
  static std::optional<std::string_view> parse(std::string_view text) { return text; }
};

// What a handler returned, as an answer. For routes that are written without a typed handler too.
//
// `object` is read, and its bytes are appended to `answer.body` with content type application/json.
GATEHOUSE_API void answer_object(Answer& answer, int status, const Type& type, const void* object);
// The same with the ETag, where the route has one.
GATEHOUSE_API void answer_tagged(
    Call& call, Answer& answer, int status, const Type& type, const void* object);
// 201, tagged too. `location`: empty for the request's path + "/" + the member `id`; without one
// there is no header.
GATEHOUSE_API void answer_created(
    Call& call, Answer& answer, const Type& type, const void* object, std::string_view location);
// 200 with {"items", "next"}, and a Link to the next page. `items`: of type `list`, an array.
GATEHOUSE_API void answer_page(const Call& call,
                               Answer& answer,
                               const Type& list,
                               const void* items,
                               const std::optional<std::string>& next);
// Takes what a handler composed by itself, and keeps the headers that are there already.
GATEHOUSE_API void answer_composed(Answer& answer, Answer&& composed);

// Reads the query and the body of a request into objects that were made fresh (null: not wanted),
// and checks the content type. Malformed, UnsupportedMediaType, or InvalidArgument with the
// mistakes of both. A body of an optional type may be missing.
GATEHOUSE_API Result<None> read_request(const Call& call,
                                        Lenient lenient,
                                        const Type* query_type,
                                        void* query,
                                        const Type* body_type,
                                        void* body);

#pragma GCC visibility push(hidden)
namespace detail {

template <class T>
concept IsPathParameter = requires(std::string_view text) {
  PathParameter<T>::parse(text);
};
template <class T>
inline constexpr bool kIsQuery = false;
template <class T>
inline constexpr bool kIsQuery<Query<T>> = true;
template <class T>
struct QueryStruct;
template <class T>
struct QueryStruct<Query<T>> {
  using type = T;
};
template <class T>
inline constexpr bool kIsResult = false;
template <class T>
inline constexpr bool kIsResult<Result<T>> = true;

template <class R, class... A>
struct Signature {
  using Returned = R;
  using Arguments = boost::mp11::mp_list<A...>;
};
template <class F>
struct SignatureOf;
template <class C, class R, class... A>
struct SignatureOf<R (C::*)(A...) const> : Signature<R, A...> {};
template <class C, class R, class... A>
struct SignatureOf<R (C::*)(A...) const noexcept> : Signature<R, A...> {};
template <class C, class R, class... A>
struct SignatureOf<R (C::*)(A...)> : Signature<R, A...> {
  static_assert(sizeof(C) == 0,
                "a handler runs on many threads at once: a lambda that is not mutable");
};

// The parts of a handler's signature.
template <class F>
struct Handler {
  static_assert(
      requires { &F::operator(); },
      "a handler is a lambda whose parameters all have written types (no auto)");
  using Taken = SignatureOf<decltype(&F::operator())>;
  using Arguments = typename Taken::Arguments;
  using Returned = typename Taken::Returned;
  static_assert(
      kIsResult<Returned>,
      "a handler returns Result<T>, where T is a described struct, Created<T>, Accepted<T>, "
      "Page<T>, None, RawJson, Stream or Answer");
  static_assert(
      boost::mp11::mp_size<Arguments>::value > 0 &&
          std::is_same_v<boost::mp11::mp_at_c<boost::mp11::mp_push_back<Arguments, void>, 0>,
                         Call&>,
      "the first parameter of a handler is gatehouse::Call&");

  using Parameters =
      boost::mp11::mp_transform<std::remove_cvref_t, boost::mp11::mp_pop_front<Arguments>>;
  template <class T>
  using IsPath = std::bool_constant<IsPathParameter<T>>;
  template <class T>
  using IsQuery = std::bool_constant<kIsQuery<T>>;
  template <class T>
  using IsBody = std::bool_constant<!IsPathParameter<T> && !kIsQuery<T>>;

  using Path = boost::mp11::mp_copy_if<Parameters, IsPath>;
  using Queries = boost::mp11::mp_copy_if<Parameters, IsQuery>;
  using Bodies = boost::mp11::mp_copy_if<Parameters, IsBody>;
  static constexpr std::size_t kPathCount = boost::mp11::mp_size<Path>::value;
  static constexpr bool kHasQuery = boost::mp11::mp_size<Queries>::value > 0;
  static constexpr bool kHasBody = boost::mp11::mp_size<Bodies>::value > 0;
  static_assert(boost::mp11::mp_size<Queries>::value <= 1, "a handler takes at most one Query<Q>");
  static_assert(boost::mp11::mp_size<Bodies>::value <= 1,
                "a handler takes at most one body; what else is not a path parameter "
                "(std::int64_t, std::string, std::string_view, or a type with a "
                "gatehouse::PathParameter) or a Query<Q>?");
  static_assert(std::is_same_v<Parameters, boost::mp11::mp_append<Path, Queries, Bodies>>,
                "the parameters of a handler are, in this order: Call&, those of the path, "
                "const Query<Q>&, the body");

  struct Nothing {};
  using QueryHeld = boost::mp11::mp_front<boost::mp11::mp_push_back<Queries, Nothing>>;
  using Body = boost::mp11::mp_front<boost::mp11::mp_push_back<Bodies, Nothing>>;
};

template <class T>
constexpr const Type* query_type() {
  if constexpr (kIsQuery<T>) {
    using Struct = typename QueryStruct<T>::type;
    static_assert(kIsDescribedStruct<Struct>,
                  "the query type of this handler is not described: add BOOST_DESCRIBE_STRUCT(...) "
                  "beside it, in its namespace");
    return &type_of<Struct>();
  } else {
    return nullptr;
  }
}
template <bool kHasBody, class T>
constexpr const Type* body_type() {
  if constexpr (kHasBody) {
    static_assert(has_form<T>(),
                  "the body type of this handler is not described: add BOOST_DESCRIBE_STRUCT(...) "
                  "beside it, in its namespace");
    if constexpr (has_form<T>()) return &type_of<T>();
  }
  return nullptr;
}

// What becomes of each type that a handler can return.
template <class T>
struct Answering {
  static_assert(has_form<T>(),
                "the result type of this handler is not described: add BOOST_DESCRIBE_STRUCT(...) "
                "beside it, in its namespace");
  static constexpr int kStatus = 200;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return &type_of<T>(); }
  static void write(Call& call, Answer& answer, T& value) {
    answer_tagged(call, answer, kStatus, type_of<T>(), &value);
  }
};
template <class T>
struct Answering<Created<T>> {
  static constexpr int kStatus = 201;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return &type_of<T>(); }
  static void write(Call& call, Answer& answer, Created<T>& created) {
    answer_created(call, answer, type_of<T>(), &created.value, created.location);
  }
};
template <class T>
struct Answering<Accepted<T>> {
  static constexpr int kStatus = 202;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return &type_of<T>(); }
  static void write(const Call&, Answer& answer, Accepted<T>& accepted) {
    answer_object(answer, kStatus, type_of<T>(), &accepted.value);
  }
};
template <>
struct Answering<Accepted<None>> {
  static constexpr int kStatus = 202;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return nullptr; }
  static void write(const Call&, Answer& answer, Accepted<None>&) { answer.status = kStatus; }
};
template <class T>
struct Answering<Page<T>> {
  static constexpr int kStatus = 200;
  static constexpr bool kPage = true;
  static constexpr const Type* type() { return &type_of<T>(); }
  static void write(const Call& call, Answer& answer, Page<T>& page) {
    answer_page(call, answer, type_of<std::vector<T>>(), &page.items, page.next);
  }
};
template <>
struct Answering<None> {
  static constexpr int kStatus = 204;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return nullptr; }
  static void write(const Call&, Answer& answer, None&) { answer.status = kStatus; }
};
template <>
struct Answering<Answer> {
  static constexpr int kStatus = 200;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return nullptr; }
  static void write(const Call&, Answer& answer, Answer& composed) {
    answer_composed(answer, std::move(composed));
  }
};

template <>
struct Answering<Stream> {
  static constexpr int kStatus = 200;
  static constexpr bool kPage = false;
  static constexpr const Type* type() { return nullptr; }
  static void write(Call& call, Answer& answer, Stream& stream) {
    answer.content_type = stream.content_type;
    call.set_stream(std::move(stream));
  }
};

template <class F>
class TypedEndpoint final : public Endpoint {
  using H = Handler<F>;

 public:
  explicit TypedEndpoint(F handler) : handler_(std::move(handler)) {}

  Result<None> run(Call& call, Lenient lenient, Answer& answer) const override {
    return run(call, lenient, answer, std::make_index_sequence<H::kPathCount>{});
  }

 private:
  template <std::size_t... I>
  Result<None> run(Call& call, Lenient lenient, Answer& answer, std::index_sequence<I...>) const {
    auto path = std::make_tuple(
        PathParameter<boost::mp11::mp_at_c<typename H::Path, I>>::parse(call.path_parameter(I))...);
    if (!(std::get<I>(path).has_value() && ...)) return not_found();
    typename H::QueryHeld query{};
    typename H::Body body{};
    if constexpr (H::kHasQuery || H::kHasBody) {
      void* query_object = nullptr;
      if constexpr (H::kHasQuery) query_object = &query.value;
      GATEHOUSE_CHECK(read_request(call,
                                   lenient,
                                   query_type<typename H::QueryHeld>(),
                                   query_object,
                                   body_type<H::kHasBody, typename H::Body>(),
                                   &body));
    }
    auto result = [&] {
      if constexpr (H::kHasQuery && H::kHasBody) {
        return handler_(call, *std::move(std::get<I>(path))..., query, std::move(body));
      } else if constexpr (H::kHasQuery) {
        return handler_(call, *std::move(std::get<I>(path))..., query);
      } else if constexpr (H::kHasBody) {
        return handler_(call, *std::move(std::get<I>(path))..., std::move(body));
      } else {
        return handler_(call, *std::move(std::get<I>(path))...);
      }
    }();
    if (!result) return std::move(result).error();
    Answering<typename H::Returned::Value>::write(call, answer, *result);
    return None{};
  }

  F handler_;
};

template <class F>
std::unique_ptr<Endpoint> make_endpoint(F&& handler) {
  return std::make_unique<TypedEndpoint<std::remove_cvref_t<F>>>(std::forward<F>(handler));
}

// Never defined: a constant expression that calls one of these does not compile, and the compiler
// says its name.
void a_path_begins_with_a_slash();
void a_brace_in_a_path_encloses_a_whole_segment();
void the_path_and_the_handler_disagree_about_the_number_of_path_parameters();
void a_permission_reads_area_colon_verb_or_is_public();
void a_route_has_a_summary_of_one_line();

// How many segments are {}; calls one of the above for what is no path.
consteval std::size_t count_path_parameters(std::string_view path) {
  if (!path.starts_with('/')) a_path_begins_with_a_slash();
  std::size_t count = 0;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    if (segment.find_first_of("{}") == std::string_view::npos) continue;
    if (!segment.starts_with('{') || segment.find('}') != segment.size() - 1 ||
        segment.size() < 3 || segment.rfind('{') != 0) {
      a_brace_in_a_path_encloses_a_whole_segment();
    }
    ++count;
  }
  return count;
}

template <class F>
class Pattern {
 public:
  template <std::size_t N>
  consteval Pattern(const char (&text)[N]) : text_(text, N - 1) {
    if (count_path_parameters(text_) != Handler<F>::kPathCount) {
      the_path_and_the_handler_disagree_about_the_number_of_path_parameters();
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

consteval bool is_word(std::string_view text) {
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
  }
  return !text.empty();
}

class PermissionText {
 public:
  template <std::size_t N>
  consteval PermissionText(const char (&text)[N]) : text_(text, N - 1) {
    const std::size_t colon = text_.find(':');
    if (text_ != "public" && (colon == std::string_view::npos || !is_word(text_.substr(0, colon)) ||
                              !is_word(text_.substr(colon + 1)))) {
      a_permission_reads_area_colon_verb_or_is_public();
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

class SummaryText {
 public:
  template <std::size_t N>
  consteval SummaryText(const char (&text)[N]) : text_(text, N - 1) {
    if (text_.empty() || text_.find('\n') != std::string_view::npos) {
      a_route_has_a_summary_of_one_line();
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

template <class T>
constexpr const Type* path_type() {
  if constexpr (requires { PathParameter<T>::type(); }) {
    return &PathParameter<T>::type();
  } else {
    return &type_of<std::string>();
  }
}
template <class... T>
consteval auto make_path_types(boost::mp11::mp_list<T...>) {
  return std::array<const Type*, sizeof...(T)>{path_type<T>()...};
}
template <class List>
inline constexpr auto kPathTypes = make_path_types(List{});

template <Method kMethod, class F>
RouteSpec make_spec(const Pattern<F>& pattern,
                    const PermissionText& permission,
                    const SummaryText& summary) {
  using H = Handler<F>;
  static_assert(
      !H::kHasBody || kMethod == Method::Post || kMethod == Method::Put || kMethod == Method::Patch,
      "only POST, PUT and PATCH have a body: take what else you need from the path or a "
      "Query<Q>");
  using Answers = Answering<typename H::Returned::Value>;
  RouteSpec spec;
  spec.method = kMethod;
  spec.pattern = pattern.text();
  spec.permission = permission.text();
  spec.summary = summary.text();
  spec.path_parameters = kPathTypes<typename H::Path>;
  spec.query = query_type<typename H::QueryHeld>();
  spec.body = body_type<H::kHasBody, typename H::Body>();
  spec.result = Answers::type();
  spec.page = Answers::kPage;
  spec.status = Answers::kStatus;
  return spec;
}

}  // namespace detail
#pragma GCC visibility pop

}  // namespace gatehouse
