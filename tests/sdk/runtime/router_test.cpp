// Which route a request reaches. SPDX-License-Identifier: Apache-2.0
#include "sdk/src/runtime/router.hpp"

#include <deque>

#include <gtest/gtest.h>

namespace gatehouse::runtime {
namespace {

class RouterTest : public testing::Test {
 protected:
  const RouteEntry* add(Method method, const char* pattern) {
    RouteEntry& entry = entries_.emplace_back();
    entry.spec.method = method;
    entry.spec.pattern = pattern;
    return router_.add(entry);
  }
  std::string reached(std::optional<Method> method, const std::vector<std::string>& segments) {
    const Router::Match match = router_.find(method, segments);
    std::string text(match.route == nullptr ? "-" : match.route->spec.pattern);
    for (const auto& parameter : match.parameters) text.append(" ").append(parameter);
    return text;
  }
  Router router_;
  std::deque<RouteEntry> entries_;
};

TEST_F(RouterTest, LiteralsWinOverParametersAndTheSearchGoesBack) {
  add(Method::Get, "/users/{user}");
  add(Method::Get, "/users/me");
  add(Method::Get, "/{any}/x/last");
  add(Method::Get, "/users/{user}/tokens/{token}");
  EXPECT_EQ(reached(Method::Get, {"users", "me"}), "/users/me");
  EXPECT_EQ(reached(Method::Get, {"users", "7"}), "/users/{user} 7");
  EXPECT_EQ(reached(Method::Get, {"users", "x", "last"}), "/{any}/x/last users");
  EXPECT_EQ(reached(Method::Get, {"users", "7", "tokens", "9"}),
            "/users/{user}/tokens/{token} 7 9");
  EXPECT_EQ(reached(Method::Get, {"users"}), "-");
  EXPECT_EQ(reached(Method::Get, {"users", ""}), "-") << "a parameter is never empty";
}

TEST_F(RouterTest, ATrailingSlashIsAnotherPath) {
  add(Method::Get, "/api/");
  EXPECT_EQ(reached(Method::Get, {"api", ""}), "/api/");
  EXPECT_EQ(reached(Method::Get, {"api"}), "-");
}

TEST_F(RouterTest, AnotherMethodOnAKnownPathListsWhatIsAllowed) {
  add(Method::Get, "/users/{user}");
  add(Method::Delete, "/users/{user}");
  const std::vector<std::string> path{"users", "7"};
  const Router::Match match = router_.find(Method::Post, path);
  EXPECT_EQ(match.route, nullptr);
  EXPECT_NE(match.neighbour, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(router_.find(Method::Post, std::vector<std::string>{"nobody"}).neighbour, nullptr);
}

TEST_F(RouterTest, TheSamePathUnderOtherParameterNamesIsTaken) {
  EXPECT_EQ(add(Method::Get, "/users/{user}/x"), nullptr);
  const RouteEntry* other = add(Method::Get, "/users/{id}/x");
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->spec.pattern, "/users/{user}/x");
  EXPECT_EQ(add(Method::Post, "/users/{id}/x"), nullptr) << "another method is another route";
}

}  // namespace
}  // namespace gatehouse::runtime
