// Turns a C++ type into its table: type_of<T>() for what JSON has words for, enums and structs that
// are described with Boost.Describe, and vector, optional and Patch of these. Everything here
// happens at compile time; a program carries only constants. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <gatehouse/body/type.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/time.hpp>

namespace gatehouse {

// One member's rule; see field().
template <class Member, class Owner>
struct FieldRule {
  Member Owner::*member;
  Rule rule;
};

// Beside a described struct, found by argument-dependent lookup:
//   constexpr auto rules(Of<NewNote>) {
//     return std::tuple{field(&NewNote::text, {.min_length = 1, .max_length = 500})};
//   }
// Members without one keep Rule{}. A struct has the rules of its described bases, unless it has its
// own for that member.
template <class Member, class Owner>
constexpr FieldRule<Member, Owner> field(Member Owner::*member, Rule rule) {
  return {member, rule};
}

// One enumerator's name on the wire, where it is not its name in C++:
//   constexpr auto names(Of<Colour>) { return std::array{named(Colour::DarkGreen, "dark-green")}; }
template <class E>
struct Named {
  E value;
  const char* name;
};
template <class E>
constexpr Named<E> named(E value, const char* name) {
  return {value, name};
}

// Hidden whatever the flags: two plugins may have a struct of the same name, and the tables of one
// must never stand for the other's.
#pragma GCC visibility push(hidden)
namespace detail {

template <class T>
inline constexpr bool kIsVector = false;
template <class T, class A>
inline constexpr bool kIsVector<std::vector<T, A>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsPatch = false;
template <class T>
inline constexpr bool kIsPatch<Patch<T>> = true;

template <class T>
struct Element {
  using type = T;
};
template <class T, class A>
struct Element<std::vector<T, A>> {
  using type = T;
};
template <class T>
struct Element<std::optional<T>> {
  using type = T;
};
template <class T>
struct Element<Patch<T>> {
  using type = T;
};

template <class T>
inline constexpr bool kIsScalar =
    std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, double> ||
    std::is_same_v<T, std::string> || std::is_same_v<T, Time> || std::is_same_v<T, RawJson> ||
    std::is_same_v<T, IdOrNumber>;

template <class T>
inline constexpr bool kIsDescribedStruct =
    std::is_class_v<T>&& boost::describe::has_describe_members<T>::value;
template <class T>
constexpr bool is_described_enum() {
  if constexpr (std::is_enum_v<T>) return boost::describe::has_describe_enumerators<T>::value;
  return false;
}

// Whether T has a JSON form.
template <class T>
constexpr bool has_form() {
  if constexpr (kIsVector<T>) {
    return !std::is_same_v<T, std::vector<bool>> && has_form<typename Element<T>::type>();
  } else if constexpr (kIsOptional<T> || kIsPatch<T>) {
    using Inside = typename Element<T>::type;
    return !kIsOptional<Inside> && !kIsPatch<Inside> && has_form<Inside>();
  } else {
    return kIsScalar<T> || is_described_enum<T>() || kIsDescribedStruct<T>;
  }
}

// "acme.notes.Note" out of what the compiler calls this function. g++ writes "[with T = X]",
// clang
// "[T = X]"; what is in an anonymous namespace has no more name than what is outside.
template <class T>
consteval std::string_view compiler_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  return text.substr(0, text.find_first_of(";]"));
}
template <class T>
consteval auto make_type_name() {
  constexpr std::string_view kFrom = compiler_name<T>();
  std::array<char, kFrom.size() + 1> to{};
  std::string_view rest = kFrom;
  std::size_t length = 0;
  while (!rest.empty()) {
    bool skipped = false;
    for (const std::string_view nameless : {"{anonymous}::", "(anonymous namespace)::"}) {
      if (rest.starts_with(nameless)) {
        rest.remove_prefix(nameless.size());
        skipped = true;
      }
    }
    if (skipped) continue;
    const char c = rest.front();
    if (rest.starts_with("::")) {
      to[length++] = '.';
      rest.remove_prefix(1);
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      to[length++] = c;
    } else {
      to[length++] = '_';
    }
    rest.remove_prefix(1);
  }
  return to;
}
template <class T>
inline constexpr auto kTypeName = make_type_name<T>();

template <class T>
concept HasRules = requires {
  rules(Of<T>{});
};
template <class T>
constexpr auto rules_of() {
  if constexpr (HasRules<T>) {
    return rules(Of<T>{});
  } else {
    return std::tuple<>{};
  }
}

template <class M, class O>
M member_type(M O::*);
template <class M, class O>
O owner_type(M O::*);
template <auto kMember>
using MemberOf = decltype(member_type(kMember));
template <auto kMember>
using OwnerOf = decltype(owner_type(kMember));

template <class A, class B>
constexpr bool same_member(A a, B b) {
  if constexpr (std::is_same_v<A, B>) {
    return a == b;
  } else {
    return false;
  }
}

// The rule for a member in a list of rules, or null.
template <auto kMember, class Rules>
constexpr bool find_rule(const Rules& list, Rule& found) {
  return std::apply(
      [&found](const auto&... one) {
        return ((same_member(one.member, kMember) ? (found = one.rule, true) : false) || ...);
      },
      list);
}
template <class T, auto kMember>
consteval Rule make_rule() {
  Rule rule;
  if (!find_rule<kMember>(rules_of<T>(), rule) && !std::is_same_v<T, OwnerOf<kMember>>) {
    find_rule<kMember>(rules_of<OwnerOf<kMember>>(), rule);
  }
  return rule;
}
template <class T, auto kMember>
inline constexpr Rule kRule = make_rule<T, kMember>();

template <class T, auto kMember>
void* member_address(void* object) {
  return std::addressof(static_cast<T*>(object)->*kMember);
}

template <class T>
using Members =
    boost::describe::describe_members<T,
                                      boost::describe::mod_public | boost::describe::mod_inherited>;

// Converts to everything: how many of them an aggregate takes is how many members it has.
struct Anything {
  template <class T>
  operator T() const;
};
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
  return requires {
    T{(static_cast<void>(I), Anything{})...};
  };
}
// Whether T has a member (or base) that its description leaves out. It would be silent: never
// written, and "unknown" when sent.
template <class T>
constexpr bool forgets_a_member() {
  if constexpr (std::is_aggregate_v<T>) {
    using Own = boost::describe::describe_members<T, boost::describe::mod_public>;
    using Bases = boost::describe::describe_bases<T, boost::describe::mod_public>;
    constexpr std::size_t kDescribed =
        boost::mp11::mp_size<Own>::value + boost::mp11::mp_size<Bases>::value;
    return takes<T>(std::make_index_sequence<kDescribed + 1>{});
  } else {
    return false;
  }
}

template <class T, class M, class O>
constexpr bool is_described_member(M O::*member) {
  return [member]<class... D>(boost::mp11::mp_list<D...>) {
    return (same_member(D::pointer, member) || ...);
  }(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});
}
template <class T>
constexpr bool rules_name_described_members() {
  return std::apply([](const auto&... one) { return (is_described_member<T>(one.member) && ...); },
                    rules_of<T>());
}

// A struct may hold vectors of itself: its table is named while it is being made.
template <class T>
consteval Type make_type();
template <class T>
inline constexpr Type kType = make_type<T>();

// Names are written as they are. Null: the name in C++.
constexpr bool is_plain(const char* name) {
  if (name == nullptr) return true;
  const char* rest = name;
  for (; *rest != '\0'; ++rest) {
    if (*rest < ' ' || *rest == '"' || *rest == '\\') return false;
  }
  return rest != name;
}

// One field; `Struct` and `Member` stand in the compiler's notes when an assertion fails.
template <class Struct, auto kMember>
consteval Field make_field(const char* name) {
  using Member = MemberOf<kMember>;
  static_assert(!std::is_same_v<Member, std::vector<bool>>,
                "a field cannot be std::vector<bool>, whose elements have no address: use "
                "std::vector<gatehouse::RawJson> or an enum");
  static_assert(!std::is_integral_v<Member> || kIsScalar<Member>,
                "an integer field of a body is std::int64_t, whatever its range; say the range in "
                "rules()");
  static_assert(
      has_form<Member>(),
      "this field (kMember in the note below) has no JSON form: a field is bool, "
      "std::int64_t, double, std::string, gatehouse::Time, RawJson, IdOrNumber, an enum or "
      "a struct described with BOOST_DESCRIBE_ENUM or BOOST_DESCRIBE_STRUCT in its own "
      "namespace, or std::vector, std::optional or Patch of these");
  if constexpr (has_form<Member>()) {
    constexpr const Rule* kFieldRule = &kRule<Struct, kMember>;
    static_assert(is_plain(kFieldRule->name),
                  "the .name of a field is not empty and has no quotes, backslashes or control "
                  "characters");
    return {name, &kType<Member>, kFieldRule, &member_address<Struct, kMember>};
  } else {
    return {};
  }
}

template <class T>
consteval auto make_fields() {
  return []<class... D>(boost::mp11::mp_list<D...>) {
    return std::array<Field, sizeof...(D)>{make_field<T, D::pointer>(D::name)...};
  }(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});
}
template <class T>
inline constexpr auto kFields = make_fields<T>();

template <class E>
consteval const char* enumerator_name(E value, const char* name) {
  if constexpr (requires { names(Of<E>{}); }) {
    for (const Named<E>& one : names(Of<E>{})) {
      if (one.value == value) return one.name;
    }
  }
  return name;
}
template <class E>
consteval auto make_enum_names() {
  return []<class... D>(boost::mp11::mp_list<D...>) {
    return std::array<EnumName, sizeof...(D)>{
        EnumName{enumerator_name<E>(D::value, D::name), static_cast<std::int64_t>(D::value)}...};
  }(boost::mp11::mp_rename<boost::describe::describe_enumerators<E>, boost::mp11::mp_list>{});
}
template <class E>
inline constexpr auto kEnumNames = make_enum_names<E>();

template <class T>
std::int64_t enum_load(const void* object) {
  return static_cast<std::int64_t>(*static_cast<const T*>(object));
}
template <class T>
void enum_store(void* object, std::int64_t value) {
  *static_cast<T*>(object) = static_cast<T>(value);
}
template <class T>
std::size_t array_count(const void* object) {
  return static_cast<const T*>(object)->size();
}
template <class T>
void* array_at(void* object, std::size_t index) {
  return std::addressof((*static_cast<T*>(object))[index]);
}
template <class T>
void* array_append(void* object) {
  return std::addressof(static_cast<T*>(object)->emplace_back());
}
template <class T>
void array_clear(void* object) {
  static_cast<T*>(object)->clear();
}
template <class T>
void* value_inside(void* object) {
  if constexpr (kIsPatch<T>) {
    // The object is not const, only this view of it.
    auto& value =
        const_cast<std::optional<typename Element<T>::type>&>(static_cast<T*>(object)->value());
    return value ? std::addressof(*value) : nullptr;
  } else {
    auto& value = *static_cast<T*>(object);
    return value ? std::addressof(*value) : nullptr;
  }
}
template <class T>
void* value_emplace(void* object) {
  return std::addressof(static_cast<T*>(object)->emplace());
}
template <class T>
void value_make_null(void* object) {
  if constexpr (kIsPatch<T>) {
    static_cast<T*>(object)->make_null();
  } else {
    static_cast<T*>(object)->reset();
  }
}
template <class T>
bool patch_present(const void* object) {
  return static_cast<const T*>(object)->present();
}

template <class T>
const void* initial_value() {
  static const T kInitial{};
  return &kInitial;
}

template <class T>
consteval Kind kind_of() {
  if constexpr (std::is_same_v<T, bool>) return Kind::Boolean;
  if constexpr (std::is_same_v<T, std::int64_t>) return Kind::Integer;
  if constexpr (std::is_same_v<T, double>) return Kind::Number;
  if constexpr (std::is_same_v<T, std::string>) return Kind::String;
  if constexpr (std::is_same_v<T, Time>) return Kind::Time;
  if constexpr (std::is_same_v<T, RawJson>) return Kind::Json;
  if constexpr (std::is_same_v<T, IdOrNumber>) return Kind::IdOrNumber;
  if constexpr (std::is_enum_v<T>) return Kind::Enum;
  if constexpr (kIsVector<T>) return Kind::Array;
  if constexpr (kIsOptional<T>) return Kind::Optional;
  if constexpr (kIsPatch<T>) return Kind::Patch;
  return Kind::Struct;
}

template <class T>
consteval Type make_type() {
  Type type;
  type.kind = kind_of<T>();
  type.size = sizeof(T);
  if constexpr (std::is_enum_v<T>) {
    type.name = kTypeName<T>.data();
    type.names = kEnumNames<T>.data();
    type.name_count = static_cast<std::uint32_t>(kEnumNames<T>.size());
    type.enum_load = &enum_load<T>;
    type.enum_store = &enum_store<T>;
  } else if constexpr (kIsVector<T>) {
    type.element = &kType<typename Element<T>::type>;
    type.count = &array_count<T>;
    type.at = &array_at<T>;
    type.append = &array_append<T>;
    type.clear = &array_clear<T>;
  } else if constexpr (kIsOptional<T> || kIsPatch<T>) {
    type.element = &kType<typename Element<T>::type>;
    type.inside = &value_inside<T>;
    type.emplace = &value_emplace<T>;
    type.make_null = &value_make_null<T>;
    if constexpr (kIsPatch<T>) type.present = &patch_present<T>;
  } else if constexpr (kIsDescribedStruct<T>) {
    static_assert(std::is_default_constructible_v<T>,
                  "a struct that is read from bodies or rows needs a default constructor");
    static_assert(!forgets_a_member<T>(),
                  "the description of this struct leaves a member out: name all its members in "
                  "BOOST_DESCRIBE_STRUCT, and its bases in the second argument");
    static_assert(
        rules_name_described_members<T>(),
        "rules() of this struct has a rule for a member that BOOST_DESCRIBE_STRUCT does not "
        "name");
    type.name = kTypeName<T>.data();
    type.fields = kFields<T>.data();
    type.field_count = static_cast<std::uint32_t>(kFields<T>.size());
    type.initial = &initial_value<T>;
  }
  return type;
}

}  // namespace detail
#pragma GCC visibility pop

// The table of T; lives as long as the program.
template <class T>
constexpr const Type& type_of() {
  static_assert(
      !std::is_enum_v<T> || detail::is_described_enum<T>(),
      "this enum is not described: add BOOST_DESCRIBE_ENUM(...) beside it, in its namespace");
  static_assert(
      !std::is_class_v<T> || detail::has_form<T>(),
      "this type is not described: add BOOST_DESCRIBE_STRUCT(...) beside it, in its namespace");
  static_assert(detail::has_form<T>(), "this type has no JSON form");
  return detail::kType<T>;
}

}  // namespace gatehouse
