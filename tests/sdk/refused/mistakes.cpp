// Every mistake that an author of routes and structs is likely to make; see CMakeLists.txt.
// SPDX-License-Identifier: Apache-2.0
#include <gatehouse/routes.hpp>

namespace author {

using namespace gatehouse;

struct Plain {
  std::string text;
};
struct Fine {
  std::string text;
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Fine, (), (text, number))

#ifdef FIELD_WITHOUT_FORM
struct Mistaken {
  std::string text;
  void* broken = nullptr;
};
BOOST_DESCRIBE_STRUCT(Mistaken, (), (text, broken))
#elif defined(INT_FIELD)
struct Mistaken {
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(Mistaken, (), (number))
#elif defined(FORGOTTEN_MEMBER)
struct Mistaken {
  std::string text;
  std::optional<std::string> forgotten;
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Mistaken, (), (text, number))
#elif defined(STRAY_RULE)
struct Mistaken {
  Mistaken() = default;
  std::string text;
  std::string other;
};
BOOST_DESCRIBE_STRUCT(Mistaken, (), (text))
constexpr auto rules(Of<Mistaken>) {
  return std::tuple{field(&Mistaken::other, {.max_length = 1})};
}
#else
using Mistaken = Fine;
#endif

void wire(Routes& routes);
void wire(Routes& routes) {
  routes.post("/v1/notes/{id}", "notes:write", "Write", [](Call&, std::int64_t, const Mistaken&) {
    return Result<Fine>(Fine{});
  });
#ifdef UNDESCRIBED_BODY
  routes.post("/a", "public", "s", [](Call&, const Plain&) -> Result<None> { return None{}; });
#endif
#ifdef UNDESCRIBED_RESULT
  routes.get("/a", "public", "s", [](Call&) -> Result<Plain> { return Plain{}; });
#endif
#ifdef PATH_COUNT
  routes.get("/a/{id}", "public", "s", [](Call&) -> Result<None> { return None{}; });
#endif
#ifdef PATH_SLASH
  routes.get("a", "public", "s", [](Call&) -> Result<None> { return None{}; });
#endif
#ifdef PATH_BRACES
  routes.get("/a-{id}", "public", "s", [](Call&, std::int64_t) -> Result<None> { return None{}; });
#endif
#ifdef PERMISSION
  routes.get("/a", "", "s", [](Call&) -> Result<None> { return None{}; });
#endif
#ifdef SUMMARY
  routes.get("/a", "public", "", [](Call&) -> Result<None> { return None{}; });
#endif
#ifdef GET_BODY
  routes.get("/a", "public", "s", [](Call&, const Fine&) -> Result<None> { return None{}; });
#endif
#ifdef NO_CALL
  routes.get("/a", "public", "s", [](const Call&) -> Result<None> { return None{}; });
#endif
#ifdef AUTO_PARAMETER
  routes.get("/a", "public", "s", [](auto&) -> Result<None> { return None{}; });
#endif
#ifdef RETURNS_INT
  routes.get("/a", "public", "s", [](Call&) { return 1; });
#endif
#ifdef MUTABLE
  routes.get("/a", "public", "s", [n = 0](Call&) mutable -> Result<None> {
    ++n;
    return None{};
  });
#endif
}

}  // namespace author
