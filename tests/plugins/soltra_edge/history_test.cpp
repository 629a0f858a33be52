// The sign-ins of a user over the mount of Soltra Edge. SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "soltra_fixture.hpp"

namespace gatehouse::soltra_edge {
namespace {

class SoltraHistory : public SoltraTest {
 protected:
  void SetUp() override {
    start();
    user_ = create("user", R"(, "allow_rest_access": true)");
  }
  void attempt(const std::string& password) {
    basic("user", password).with("User-Agent", "curl/7").get("/api/users/me/");
    app().clock().advance(std::chrono::hours(2));
  }
  std::string history() const { return path_of(user_) + "history/"; }

  std::string user_;
};

TEST_F(SoltraHistory, HasTheNewestFirstAndFailuresToo) {
  attempt(kPassword);
  attempt("wrong");
  EXPECT_EQ(root().get(history()).body,
            R"([{"success":false,"user_agent":"curl/7",)"
            R"("attempted_on":"2026-01-01T02:00:00.000000","remote_address":"192.0.2.1"},)"
            R"({"success":true,"user_agent":"curl/7",)"
            R"("attempted_on":"2026-01-01T00:00:00.000000","remote_address":"192.0.2.1"}])");
}

TEST_F(SoltraHistory, HasNullForAClientThatSaysNothing) {
  EXPECT_EQ(basic("user").get("/api/users/me/").status, 200);
  EXPECT_EQ(members(root().get(history()), "user_agent"), "null");
}

TEST_F(SoltraHistory, HasPages) {
  for (int i = 0; i < 3; ++i) attempt("wrong");
  const Reply page = root().get(history() + "?page=2&per_page=1");
  EXPECT_EQ(members(page, "attempted_on"), "2026-01-01T02:00:00.000000");
  const std::string start = "<https://id.example.org" + history() + "?page=";
  EXPECT_EQ(page.header("Link"),
            start + "1&per_page=1>; rel=\"first\", " + start + "1&per_page=1>; rel=\"prev\", " +
                start + "3&per_page=1>; rel=\"next\", " + start + "3&per_page=1>; rel=\"last\"");
}

TEST_F(SoltraHistory, TellsOfAPasswordThatComesWithEachRequestOnceAnHour) {
  for (int i = 0; i < 5; ++i) basic("user").get("/api/users/me/");
  EXPECT_EQ(items(root().get(history()).body).size(), 1U);
}

TEST_F(SoltraHistory, IsReadWithATokenAsTheDocumentDoes) {
  const Made made = make_token(root(), user_);
  EXPECT_EQ(token("user", made.secret).get(kUsers + user_ + "/history").status, 200);
  EXPECT_EQ(root().get("/api/users/ffffffffffffffffffffffff/history/").status, 404);
}

}  // namespace
}  // namespace gatehouse::soltra_edge
