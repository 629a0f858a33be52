// The bodies of answers about grants. SPDX-License-Identifier: Apache-2.0
#include <string>

#include "tests/plugins/golden_bodies.hpp"
#include "tests/plugins/managed_users/grants_fixture.hpp"

namespace gatehouse::managed_users {
namespace {

void expect(const std::string& name, int status, const testing::Reply& reply) {
  testing::expect_golden("managed_users/" + name, status, reply);
}

using Golden = GrantsTest;

TEST_F(Golden, Grants) {
  const auto made = as(ada_).post(
      ada_.grants(),
      body_for(grace_, R"(["data:read"])", R"(, "expires_at": "2026-02-01T00:00:00Z")"));
  expect("grant_create.json", 201, made);
  expect("grant_read.json", 200, as(ada_).get(made.header("Location")));
  grant(ada_, mia_, R"(["data:read", "data:write"])");
  expect("grant_list.json", 200, as(ada_).get(ada_.grants() + "?limit=1"));
  expect("shared_with_me.json", 200, as(grace_).get("/v1/shared-with-me"));
}

TEST_F(Golden, ErrorsOfGrants) {
  start({{"grants_per_user", "1"}});
  const std::string path = grant(ada_, grace_);
  expect("grant_409_granted.json", 409, as(ada_).post(ada_.grants(), body_for(grace_)));
  expect("grant_409_limit.json", 409, as(ada_).post(ada_.grants(), body_for(mia_)));
  expect("grant_409_confirm.json", 409, as(ada_).post(path + "/confirm", ""));
  expect("grant_422.json",
         422,
         as(ada_).post(ada_.grants(),
                       R"({"grantee": 999999, "scopes": ["data:fly"],
                           "expires_at": "2020-01-01T00:00:00Z"})"));
}

}  // namespace
}  // namespace gatehouse::managed_users
