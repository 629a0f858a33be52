// The dialect beside the identity plugins, and people who were made through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/digest.hpp>

#include "plugins/soltra_edge/plugin.hpp"
#include "tests/identity/world.hpp"
#include "tests/plugins/golden_bodies.hpp"

namespace gatehouse::soltra_edge {

using identity::json_member;
using testing::Client;
using testing::Reply;

constexpr const char* kUsers = "/api/users/";

// What config/gatehouse.soltra_edge.yaml sets.
inline identity::WorldSettings faithful() {
  return {{{"grant_admin_over_api", "true"}},
          {{"users", {{"unique_email", "false"}, {"password.min_guesses", "0"}}}}};
}

inline std::vector<testing::TestedPlugin> dialect(const testing::Settings& settings = {},
                                                  const std::string& mount = "") {
  std::vector<testing::TestedPlugin> plugins;
  plugins.push_back({"soltra_edge", std::make_unique<SoltraEdgePlugin>(), settings, mount});
  return plugins;
}

// The members of an array, as text.
inline std::vector<std::string> items(std::string_view json) {
  std::vector<std::string> texts;
  for (const auto& [name, text] : identity::json_parts(json)) texts.emplace_back(text);
  return texts;
}

// One member of each item, with commas between.
inline std::string members(const Reply& reply, std::string_view name) {
  std::string all;
  const char* comma = "";
  for (const std::string& item : items(reply.body)) {
    all.append(std::exchange(comma, ",")).append(json_member(item, name));
  }
  return all;
}

// With what chance has made taken out, within addresses and texts too.
inline Reply masked(Reply reply) {
  const auto mask = [&](const char* what, const char* with) {
    reply.body = std::regex_replace(reply.body, std::regex(what), with);
  };
  mask("/[0-9a-f]{24}/", "/<id>/");
  mask("/[0-9a-f]{24}/", "/<id>/");  // the second of two that share a slash
  mask("\"[0-9a-f]{40}\"", "\"<token>\"");
  mask(R"(\$2b\$10\$[./A-Za-z0-9]{53})", "<bcrypt of the token>");
  return reply;
}

// tests/golden/soltra_edge/NAME: the body of a request, as the seed document has it.
inline std::string request_body(const std::string& name) {
  std::ifstream file(GATEHOUSE_GOLDEN_FOLDER "/soltra_edge/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no golden file " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void expect_seed(const std::string& name, int status, const Reply& reply) {
  testing::expect_golden("soltra_edge/" + name, status, masked(reply));
}

class SoltraTest : public ::testing::Test {
 protected:
  void start(const identity::WorldSettings& settings = faithful(),
             const testing::Settings& own = {},
             const std::string& mount = "") {
    world_ = std::make_unique<identity::World>(dialect(own, mount), settings);
    root_ = json_member(world_->root().get("/v1/users/me").body, "id");
  }
  void SetUp() override { start(); }

  identity::World& world() { return *world_; }
  testing::HarnessCore& app() { return world_->app(); }
  // An admin, who is Soltra's superuser. The only one.
  Client root() { return basic(root_); }
  Client authorized(const std::string& credential) {
    return app().anonymous().with("Authorization", credential);
  }
  Client basic(const std::string& name, const std::string& password = kPassword) {
    return authorized("Basic " + base64_encode(name + ":" + password));
  }
  Client token(const std::string& name, const std::string& secret) {
    return authorized("Token " + name + ":" + secret);
  }

  // Makes a user over the mount, with kPassword; the id. `more`: further members, ", ...".
  std::string create(const std::string& name, const std::string& more = "") {
    const Reply made = root().post(kUsers,
                                   R"({"username": ")" + name + R"(", "password": ")" + kPassword +
                                       R"(", "first_name": "F", "last_name": "L", "email": ")" +
                                       name + R"(@example.org")" + more + "}");
    if (made.status != 201) throw std::runtime_error("no user: " + made.body);
    return json_member(made.body, "id");
  }
  static std::string path_of(const std::string& id) { return kUsers + id + "/"; }
  static std::string tokens_of(const std::string& id) { return path_of(id) + "tokens/"; }

  struct Made {
    std::string id;
    std::string secret;
    std::string hash;
    std::string path;
  };
  Made make_token(const Client& client, const std::string& user) {
    const Reply made = client.post(tokens_of(user), R"({"title": "Dashboard"})");
    if (made.status != 201) throw std::runtime_error("no token: " + made.body);
    const std::string id = json_member(made.body, "id");
    return {id,
            json_member(made.body, "token"),
            json_member(made.body, "hashed_token"),
            tokens_of(user) + id + "/"};
  }

  static constexpr const char* kPassword = identity::kPassword.data();

 private:
  std::unique_ptr<identity::World> world_;
  std::string root_;  // id and username
};

}  // namespace gatehouse::soltra_edge
