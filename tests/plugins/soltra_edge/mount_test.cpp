// Where the dialect of Soltra Edge stands. SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <string>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraMount : public SoltraTest {};

TEST_F(SoltraMount, IsWhereTheConfigurationSays) {
  start(faithful(), {}, "/moved/api");
  EXPECT_EQ(root().get("/moved/api/nothing").status, 404);
  EXPECT_EQ(root().get("/api/users/").status, 404);
  const Reply self = root().get("/moved/api/users/me/");
  const std::string id = json_member(self.body, "id");
  EXPECT_EQ(json_member(self.body, "url"), "https://id.example.org/moved/api/users/" + id + "/");
  const Reply made = root().post("/moved/api/users/me/tokens/", R"({"title": "x"})");
  EXPECT_EQ(token(id, json_member(made.body, "token")).get("/moved/api/users/me").status, 200);
}

TEST_F(SoltraMount, EndsInApi) {
  testing::HarnessCore app(dialect({}, "/moved"));
  ASSERT_FALSE(app.mistakes().empty());
}

// Clients use both, and are not redirected.
TEST_F(SoltraMount, HasEachRouteWithAndWithoutASlashAtItsEnd) {
  std::set<std::string> plain;
  std::set<std::string> slashed;
  for (const auto& [operation, permission] : identity::operations_of(app().openapi())) {
    const std::size_t path = operation.find(" /api/");
    if (path == operation.npos) continue;
    if (operation.ends_with('/')) {
      slashed.insert(operation.substr(0, operation.size() - 1));
    } else {
      plain.insert(operation);
    }
  }
  EXPECT_EQ(plain.size(), 11U);
  EXPECT_EQ(plain, slashed);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
