// Shows what a credential reaches: routes for each permission and grant scope on /v1 and on a
// dialect's mount, which gives credentials of its own as dialects do.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/authenticator.hpp>
#include <gatehouse/body/describe.hpp>
#include <gatehouse/call.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/routes.hpp>
#include <gatehouse/services.hpp>
#include <gatehouse/services/api_tokens.hpp>
#include <gatehouse/services/session_tokens.hpp>
#include <gatehouse/storage.hpp>

namespace gatehouse::identity {

struct Given {
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(Given, (), (secret))

class Probe final : public Plugin, private Authenticator {
 public:
  static constexpr std::string_view kMounts[] = {"/v1", "/one"};
  static constexpr std::string_view kPlaces[] = {
      "read/own", "read/r", "read/w", "write/own", "write/r", "write/w", "lead/own", "lead/r"};

  void wire(Context& host) override {
    host_ = &host;
    host.routes().mount("/one", &render_problem);
    host.authenticators().add(*this, "/one");
    host.permissions().declare("probe:read", "probe:write", held_by_everybody);
    host.permissions().declare("probe:lead", held_by(Role::Consultant));
    add_v1(host.routes());
    add_one(host.routes());
  }

  std::optional<Principal> seen;  // who came last
  Context& host() { return *host_; }

 private:
  void add_v1(Routes& routes) {
    const auto look = [this](Call& call) -> Result<None> {
      seen = *call.principal();
      return None{};
    };
    routes.get("/v1/probe/read/own", "probe:read", "-", look);
    routes.get("/v1/probe/read/r", "probe:read", "-", look).delegable("data:read");
    routes.get("/v1/probe/read/w", "probe:read", "-", look).delegable("data:write");
    routes.get("/v1/probe/write/own", "probe:write", "-", look);
    routes.get("/v1/probe/write/r", "probe:write", "-", look).delegable("data:read");
    routes.get("/v1/probe/write/w", "probe:write", "-", look).delegable("data:write");
    routes.get("/v1/probe/lead/own", "probe:lead", "-", look);
    routes.get("/v1/probe/lead/r", "probe:lead", "-", look).delegable("data:read");
    routes.post("/v1/probe/session", "probe:read", "-", [this](Call& call) { return open(call); })
        .delegable("data:read");
    routes.post("/v1/probe/token", "probe:read", "-", [this](Call& call) { return mint(call); })
        .delegable("data:read");
  }
  void add_one(Routes& routes) {
    const auto look = [this](Call& call) -> Result<None> {
      seen = *call.principal();
      return None{};
    };
    routes.get("/one/probe/read/own", "probe:read", "-", look);
    routes.get("/one/probe/read/r", "probe:read", "-", look).delegable("data:read");
    routes.get("/one/probe/read/w", "probe:read", "-", look).delegable("data:write");
    routes.get("/one/probe/write/own", "probe:write", "-", look);
    routes.get("/one/probe/write/r", "probe:write", "-", look).delegable("data:read");
    routes.get("/one/probe/write/w", "probe:write", "-", look).delegable("data:write");
    routes.get("/one/probe/lead/own", "probe:lead", "-", look);
    routes.get("/one/probe/lead/r", "probe:lead", "-", look).delegable("data:read");
    routes.post("/one/probe/session", "probe:read", "-", [this](Call& call) { return open(call); })
        .delegable("data:read");
    routes.post("/one/probe/token", "probe:read", "-", [this](Call& call) { return mint(call); })
        .delegable("data:read");
  }

  Result<Given> open(Call& call) {
    return host_->storage().write([&](Session& db) -> Result<Given> {
      auto& sessions = host_->services().require<SessionTokens>();
      constexpr std::chrono::hours kDay{24};
      GATEHOUSE_TRY(auto opened, sessions.open(db, call, *call.principal(), "form", kDay));
      return Given{std::move(opened.token)};
    });
  }
  Result<Given> mint(Call& call) {
    return host_->storage().write([&](Session& db) -> Result<Given> {
      ApiTokenDraft draft;
      draft.title = "of a dialect";
      draft.scopes = call.principal()->scopes;
      draft.made_on = call.mount();
      auto& tokens = host_->services().require<ApiTokens>();
      GATEHOUSE_TRY(auto made, tokens.mint(db, *call.principal(), call.user(), draft));
      return Given{std::move(made.secret)};
    });
  }

  std::string_view challenge(Refusal) const override { return "Opaque"; }
  Result<Authentication> authenticate(const Call& call) override {
    if (const auto token = call.header("X-Session"); token) {
      auto& sessions = host_->services().require<SessionTokens>();
      GATEHOUSE_TRY(Principal who, sessions.recognise(call, *token));
      return Authentication::accepted(std::move(who));
    }
    if (const auto secret = call.header("X-Token"); secret) {
      auto& tokens = host_->services().require<ApiTokens>();
      GATEHOUSE_TRY(Principal who, tokens.check(call, *secret));
      return Authentication::accepted(std::move(who));
    }
    return Authentication::not_recognised();
  }

  Context* host_ = nullptr;
};

}  // namespace gatehouse::identity
