// What the words for /openapi.json promise: they stand in the document, words that cannot be meant
// are refused, and an answer that the document does not show is told to the author.
// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include <gatehouse/testing/harness.hpp>

namespace kiosk {
using namespace gatehouse;
using gatehouse::testing::Harness;

class Kiosk final : public Plugin {
  void configure(Config& config) override { wrong_ = config.text("wrong", ""); }

  void wire(Context& host) override {
    host.routes().about("Papers and sweets.");
    Route& sold = host.routes().get("/sold/{paper}",
                                    "public",
                                    "Buy a paper",
                                    [](Call&, std::string_view paper) -> Result<None> {
                                      if (paper == "gone")
                                        return conflict("sold_out", "There is none left.");
                                      if (paper == "bad")
                                        return malformed("no_paper", "That is no paper.");
                                      return None{};
                                    });
    sold.parameter("paper", "Its name.").answers(409, "sold_out");
    host.routes()
        .get("/page",
             "public",
             "Look",
             [](Call& call) -> Result<Answer> {
               const bool moved = call.query() == "moved";
               return Answer{moved ? 302 : 200, "text/html", "<p>", {}};
             })
        .content("text/html");
    if (wrong_ == "status") sold.answers(99, "never");
    if (wrong_ == "text") sold.answers(409, "");
    if (wrong_ == "parameter") sold.parameter("sweet", "Its name.");
  }

  std::string wrong_;
};

int told(Harness<Kiosk>& app) {
  return app.log().count("undeclared_answer");
}

TEST(Document, HasWhatARouteSaysOfItself) {
  Harness<Kiosk> app("kiosk");
  for (const char* text : {R"("description":"Papers and sweets.")",
                           R"("x-codes":["sold_out"])",
                           R"("description":"Its name.")",
                           R"("content":{"text/html":)"}) {
    EXPECT_NE(app.openapi().find(text), std::string::npos) << text;
  }
}

TEST(Document, AnswersThatItShowsAreNotTold) {
  Harness<Kiosk> app("kiosk");
  EXPECT_EQ(app.anonymous().get("/sold/times").status, 204);
  EXPECT_EQ(app.anonymous().get("/sold/gone").status, 409);
  EXPECT_EQ(app.anonymous().get("/page").status, 200);
  EXPECT_EQ(told(app), 0);
}

TEST(Document, AnErrorThatItDoesNotShowIsTold) {
  Harness<Kiosk> app("kiosk");
  EXPECT_EQ(app.anonymous().get("/sold/bad").status, 400);
  EXPECT_EQ(told(app), 1);
}

TEST(Document, ASuccessThatItDoesNotShowIsTold) {
  Harness<Kiosk> app("kiosk");
  EXPECT_EQ(app.anonymous().get("/page?moved").status, 302);
  EXPECT_EQ(told(app), 1);
}

TEST(Document, WordsThatCannotBeMeantAreRefused) {
  for (const char* wrong : {"status", "text", "parameter"}) {
    Harness<Kiosk> app("kiosk", {{"wrong", wrong}});
    ASSERT_EQ(app.mistakes().size(), 1u) << wrong;
    EXPECT_NE(app.mistakes()[0].find("route GET '/sold/{paper}': "), std::string::npos)
        << app.mistakes()[0];
  }
}

}  // namespace kiosk
