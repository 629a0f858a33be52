// No credential can be exchanged for one with more scopes, a longer life or another principal
// (security.md 3): from every kind of credential every pair of calls that gives one is tried, and
// what each credential opens is asked of routes for every permission, grant scope and mount.
//
// What may come of a credential, as judge() has it:
// - its user, or somebody who shares with its user, whom its user then acts for with the grant's
//   scopes; never a third, and nothing beyond that of who acts for somebody. Where its user gives
//   a grant, the grantee may act for them, and has no more of it than the credential had;
// - where a password was shown for it within ten minutes, whom its user manages, as somebody of
// their
//   own who has taken over by the mail; what that one may do from then on is theirs;
// - no route that it does not open itself; but what is made on /v1 opens also mounts that take API
//   tokens of /v1 (contracts/v1.md), where the same routes are open as on /v1;
// - no role that it does not come with;
// - no later end. Only where a password was shown for it within ten minutes (Basic, a fresh
//   session) an API token may last for `tokens.max_lifetime`, and with Basic a session its 30 days.
//   What a dialect makes of a session may, too, whenever the password was shown: that it was lately
//   is /v1's to ask (gatehouse/services/api_tokens.hpp). A delegated token never lasts longer than
//   five minutes.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gatehouse/bus.hpp>
#include <gatehouse/digest.hpp>
#include <gatehouse/mail.hpp>

#include "tests/identity/probe.hpp"
#include "tests/identity/world.hpp"
#include "tests/plugins/tokens/acting.hpp"

namespace gatehouse::identity {
namespace {

using namespace std::chrono_literals;

enum class Form { Basic, Bearer, Opaque, OneToken };

struct Credential {
  std::string name;
  Form form = Form::Bearer;
  std::string text;
  std::string refresh_token = {};
  bool is_of_dialect = false;  // or of what came of a dialect
  bool is_heirs = false;       // of who took the managed user over
};

// What a credential turns out to be.
struct Reach {
  std::optional<Principal> who;  // nothing: it opens nothing
  std::set<std::string> places;
};

// A session and how often it was refreshed.
struct Family {
  std::string id;
  std::int64_t generation = 0;
};
BOOST_DESCRIBE_STRUCT(Family, (), (id, generation))

struct Step {
  std::string method;
  std::string target;
  std::string body;
  Form gives = Form::Bearer;
  std::string_view member = "token";  // of the answer, in which the secret is
};

class Exchange : public ::testing::Test {
 protected:
  Exchange() : world_(plugins()) {
    ada_ = world_.place({.account = world_.default_account(), .roles = Role::Consultant});
    stranger_ = world_.place({});
    sharing_ = world_.place({.roles = Role::Consultant});
    managed_ = world_.place({.manager = ada_.number});
    other_ = world_.place({});
    grant(sharing_, ada_, {"data:read"});
    // Those in turn have grants, which do not come along.
    grant(other_, sharing_, kAllScopes);
    grant(other_, managed_, kAllScopes);
    // The attacker has the secret of a token that is switched off.
    const Credential basic = of_password();
    switched_off_ = made(send(basic, {"POST", own_tokens_, R"({"title": "off"})"}));
    spare_ = made(send(basic, {"POST", own_tokens_, R"({"title": "spare"})"}));
    switch_off();
  }

  std::vector<testing::TestedPlugin> plugins() {
    auto probe = std::make_unique<Probe>();
    probe_ = probe.get();
    std::vector<testing::TestedPlugin> more;
    more.push_back({"acting", std::make_unique<tokens::Acting>()});
    more.push_back({"probe", std::move(probe)});
    return more;
  }

  // From now on the second may do this with the data of the first.
  void grant(const Person& owner, const Person& grantee, const std::vector<std::string>& scopes) {
    const std::string id = "5a4e" + grantee.id.substr(14) + owner.id.substr(14);
    std::string text;
    for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
    const auto stored = world_.app().storage().write([&](Session& db) {
      return db.run(kPlaceGrant, id, owner.number, grantee.number, text, owner.number);
    });
    if (!stored) throw std::runtime_error(stored.error().message);
  }
  static constexpr Sql kPlaceGrant =
      "insert into managed_users_grant (id, owner, grantee, scopes, made_by, confirmed, "
      "created_at) values (:id, :owner, :grantee, :scopes, :made_by, true, 0)";
  const std::vector<std::string> kAllScopes = {"data:read", "data:write"};

  const std::string own_tokens_ = "/v1/users/me/tokens";
  Time now() { return world_.app().clock().now(); }

  testing::Client with(const Credential& credential) {
    const auto client = world_.app().anonymous();
    switch (credential.form) {
      case Form::Basic:
        return client.with("Authorization", "Basic " + credential.text);
      case Form::Bearer:
        return client.with("Authorization", "Bearer " + credential.text);
      case Form::Opaque:
        return client.with("X-Session", credential.text);
      case Form::OneToken:
        return client.with("X-Token", credential.text);
    }
    throw std::logic_error("no such form");
  }
  testing::Reply send(const Credential& credential, const Step& step) {
    return with(credential).send(step.method, step.target, step.body);
  }

  Reach look(const Credential& credential) {
    Reach reach;
    const auto client = with(credential);
    for (const std::string_view mount : Probe::kMounts) {
      for (const std::string_view place : Probe::kPlaces) {
        const std::string target = std::string(mount) + "/probe/" + std::string(place);
        probe_->seen.reset();
        const int status = client.get(target).status;
        if (status == 401) break;  // of the mount
        EXPECT_TRUE(status == 204 || status == 403) << target << ": " << status;
        if (status != 204) continue;
        reach.places.insert(target);
        reach.who = probe_->seen;
      }
    }
    return reach;
  }

  struct MadeToken {
    std::string id;
    std::string secret;
  };
  static MadeToken made(const testing::Reply& reply) {
    if (reply.status != 201) throw std::runtime_error("no token: " + reply.body);
    return {json_member(reply.body, "id"), json_member(reply.body, "token")};
  }
  void switch_off() {
    const std::string target = own_tokens_ + "/" + switched_off_.id;
    const auto reply = with(of_password()).patch(target, R"({"active": false})");
    if (reply.status != 200) throw std::runtime_error("not switched off: " + reply.body);
  }

  Credential of_password() {
    const std::string pair = ada_.id + ":" + std::string(kPassword);
    return {"Basic", Form::Basic, base64_encode(pair)};
  }
  Credential of_session(std::string name) {
    const auto reply = world_.app().anonymous().post("/v1/sessions", sign_in_body());
    if (reply.status != 201) throw std::runtime_error("no session: " + reply.body);
    return {std::move(name),
            Form::Bearer,
            json_member(reply.body, "access_token"),
            json_member(reply.body, "refresh_token")};
  }
  // An hour after the sign-in, refreshed just now.
  Credential of_old_session() {
    Credential session = of_session("an old session");
    world_.app().clock().advance(1h);
    const auto reply =
        world_.app().anonymous().post("/v1/sessions/refresh", refresh_body(session.refresh_token));
    if (reply.status != 200) throw std::runtime_error("not refreshed: " + reply.body);
    session.text = json_member(reply.body, "access_token");
    session.refresh_token = json_member(reply.body, "refresh_token");
    return session;
  }
  Credential of_token(std::string name, const std::string& more = "") {
    const std::string body = "{\"title\": \"start\"" + more + "}";
    return {std::move(name),
            Form::Bearer,
            made(send(of_password(), {"POST", own_tokens_, body})).secret};
  }
  Credential acting(std::string name,
                    const Credential& by,
                    const Person& user,
                    const std::string& wish = "{}") {
    const auto reply = send(by, {"POST", "/v1/acting/" + std::to_string(user.number), wish});
    if (reply.status != 201) throw std::runtime_error("no delegated token: " + reply.body);
    return {std::move(name), Form::Bearer, json_member(reply.body, "access_token")};
  }
  Credential on_one(std::string name, const Credential& by, std::string_view what, Form form) {
    const auto reply = send(by, {"POST", "/one/probe/" + std::string(what), ""});
    if (reply.status != 200) throw std::runtime_error("nothing of /one: " + reply.body);
    return {std::move(name), form, json_member(reply.body, "secret")};
  }

  std::string sign_in_body() const {
    return R"({"username": ")" + ada_.id + R"(", "password": ")" + std::string(kPassword) + "\"}";
  }
  static std::string refresh_body(const std::string& token) {
    return R"({"refresh_token": ")" + token + "\"}";
  }

  // One start of each kind.
  std::vector<std::function<Credential()>> starts() {
    const auto soon = [this] { return R"(, "expires_at": ")" + to_rfc3339(now() + 60s) + "\""; };
    // As far as the rules of minting, acting, sharing and handing over.
    const std::string reading = R"(, "scopes": ["probe:read", "tokens:write", "acting:write", )"
                                R"("managed_users:delegate", "managed_users:write", )"
                                R"("managed_users:handover"])";
    const auto full = [this] { return of_token("an API token"); };
    const auto narrow = [this, reading] { return of_token("an API token with scopes", reading); };
    const auto one_token = [](Credential by) {
      by.form = Form::OneToken;
      return by;
    };
    const std::string read_only = R"({"scopes": ["data:read"]})";
    return {
        [this] { return of_password(); },
        [this] { return of_session("a session"); },
        [this] { return of_old_session(); },
        full,
        narrow,
        [this, soon] { return of_token("an API token that ends soon", soon()); },
        [this, soon, reading] {
          return of_token("an API token with scopes that ends soon", reading + soon());
        },
        [this] { return acting("acting for the managed user", of_password(), managed_); },
        [this, read_only] {
          return acting("acting for them to read", of_password(), managed_, read_only);
        },
        [this] { return acting("acting for who shares", of_session("-"), sharing_); },
        [this, narrow] { return acting("acting by a narrow token", narrow(), managed_); },
        [this, full, one_token] {
          return on_one("an opaque session", one_token(full()), "session", Form::Opaque);
        },
        [this, narrow, one_token] {
          return on_one("a narrow opaque session", one_token(narrow()), "session", Form::Opaque);
        },
        [this, full, one_token] {
          return on_one("an API token of /one", one_token(full()), "token", Form::OneToken);
        },
    };
  }

  // Every call that gives a credential, or changes one, as far as who holds this one can make it.
  std::vector<Step> steps(const Credential& by) const {
    std::vector<Step> all;
    if (by.is_heirs) return all;
    const auto add = [&](std::string method, std::string target, std::string body = "") -> Step& {
      return all.emplace_back(Step{std::move(method), std::move(target), std::move(body)});
    };
    if (by.form == Form::Basic) {
      add("POST", "/v1/sessions", sign_in_body()).member = "access_token";
      add("PUT",
          "/v1/users/me/password",
          R"({"current_password": ")" + std::string(kPassword) + R"(", "new_password": ")" +
              std::string(kPassword) + "\"}");
    }
    if (!by.refresh_token.empty()) {
      add("POST", "/v1/sessions/refresh", refresh_body(by.refresh_token)).member = "access_token";
    }
    const std::string far = to_rfc3339(world_now_ + 365 * 24h);
    for (const std::string& more :
         {std::string(),
          std::string(R"(, "scopes": null)"),
          std::string(R"(, "scopes": ["probe:read"])"),
          std::string(R"(, "scopes": ["probe:read", "probe:lead"])"),
          R"(, "expires_at": ")" + far + "\"",
          R"(, "scopes": ["probe:read"], "expires_at": ")" + far + "\""}) {
      add("POST", own_tokens_, "{\"title\": \"t\"" + more + "}");
    }
    const std::string off = own_tokens_ + "/" + switched_off_.id;
    add("PATCH", off, R"({"active": true})");
    add("POST", off + "/rotate");
    add("POST", own_tokens_ + "/" + spare_.id + "/rotate");
    for (const Person* user : {&ada_, &managed_, &sharing_, &stranger_}) {
      const std::string number = std::to_string(user->number);
      add("POST", "/v1/users/" + number + "/tokens", R"({"title": "t", "scopes": ["probe:read"]})");
      for (const char* wish : {"{}",
                               R"({"scopes": ["data:read"]})",
                               R"({"scopes": ["data:write"]})",
                               R"({"scopes": ["data:read", "data:write"]})"}) {
        add("POST", "/v1/acting/" + number, wish).member = "access_token";
      }
      add("PUT", "/v1/users/" + number + "/password", R"({"new_password": "a long new word"})");
      if (user != &ada_) add("POST", "/v1/users/" + number + "/password-reset");
      for (const char* place : {"/v1/users/", "/v1/managed-users/"}) {
        const std::string target = place + number + "/delegated-token";
        add("POST", target, "{}").member = "access_token";
        add("POST", target, R"({"scopes": ["data:write"]})").member = "access_token";
      }
      add("POST",
          "/v1/users/" + number + "/grants",
          R"({"grantee": ")" + stranger_.id + R"(", "scopes": ["data:read", "data:write"]})");
      add("POST",
          "/v1/managed-users/" + number + "/handover",
          R"({"email": "mine@example.net", "username": "mine"})");
    }
    for (const std::string_view mount : Probe::kMounts) {
      Step& session = add("POST", std::string(mount) + "/probe/session");
      session.gives = Form::Opaque;
      session.member = "secret";
      for (const Form form : {Form::Bearer, Form::OneToken}) {
        Step& token = add("POST", std::string(mount) + "/probe/token");
        token.gives = form;
        token.member = "secret";
      }
    }
    return all;
  }

  bool may_last(const Credential& from, const Reach& had, const Credential& made) {
    if (from.form == Form::Basic) return true;
    const auto& shown = had.who->signed_in_at;
    return shown && (made.is_of_dialect || now() - *shown <= 10min);
  }

  // What is wrong with the one that came of the other; "": nothing.
  std::string judge(const Credential& from,
                    const Reach& had,
                    const Credential& made,
                    const Reach& has) {
    if (!has.who) return "";
    if (!had.who) return "it opens something, and what it came of did not";
    const Principal& was = *had.who;
    const Principal& is = *has.who;
    const bool same = is.user == was.user && is.actor == was.actor;
    const bool acts = was.actor == 0 && is.actor == was.user;
    const bool was_granted = was.actor == 0 && is.actor == stranger_.number &&
                             (is.user == was.user || is.user == managed_.number);
    if (made.is_heirs) {
      if (was.user != ada_.number || was.actor != 0) return "handed somebody else's user over";
      if (!may_last(from, had, made)) return "handed a user over without the password";
      return is.user == managed_.number && is.actor == 0 && is.roles.empty() ? "" : "another heir";
    }
    if (!same && !acts && !was_granted) return "another principal";
    if (!was.roles.contains(is.roles)) return "more roles";
    if (is.actor != 0) {
      if (!is.roles.empty()) return "roles of somebody who is acted for";
      const bool writes = std::find(is.grant_scopes.begin(), is.grant_scopes.end(), "data:write") !=
                          is.grant_scopes.end();
      if (writes && is.user == sharing_.number) return "what was not granted";
      if (!is.expires_at || *is.expires_at > now() + 5min) return "acts for too long";
    }
    for (std::string place : has.places) {
      if (had.places.count(place) != 0) continue;
      const bool by_token_of_v1 = is.method == "token" || is.method == "session";
      if (place.starts_with("/one") && by_token_of_v1 && has_v1(had)) {
        place.replace(0, 4, "/v1");
        if (had.places.count(place) != 0) continue;
      }
      return "opens " + place;
    }
    if (was_granted) return "";  // a grant lasts as long as it says
    const Time allowed =
        may_last(from, had, made) ? now() + 365 * 24h : was.expires_at.value_or(Time::max());
    if (!is.expires_at && was.expires_at) return "has no end";
    if (is.expires_at && *is.expires_at > allowed) return "lasts longer";
    return "";
  }
  static bool has_v1(const Reach& reach) {
    return std::any_of(reach.places.begin(), reach.places.end(), [](const std::string& place) {
      return place.starts_with("/v1");
    });
  }

  // What the step gave, if anything.
  std::optional<Credential> take(const Credential& by, const Step& step) {
    const auto reply = send(by, step);
    ++tried_;
    EXPECT_LT(reply.status, 500) << by.name << ": " << step.method << ' ' << step.target << ' '
                                 << reply.body;
    if (reply.status >= 300) return std::nullopt;
    if (step.method == "PATCH")
      return Credential{"switched on", Form::Bearer, switched_off_.secret};
    if (step.target.ends_with("/grants")) return of_accomplice(step, reply);
    if (step.target.ends_with("/handover")) return of_heir();
    Credential given{by.name + ", then " + step.method + ' ' + step.target + ' ' + step.body,
                     step.gives,
                     json_member(reply.body, step.member),
                     json_member(reply.body, "refresh_token"),
                     by.is_of_dialect || step.target.ends_with("/probe/token")};
    if (given.text.empty()) given = by;  // a new password, say
    return given;
  }

  // Whoever has a credential may have a user of their own, too: as whom they then act for who was
  // made to share.
  Credential of_accomplice(const Step& step, const testing::Reply& reply) {
    const std::string user = step.target.substr(0, step.target.rfind('/'));
    grants_.push_back(step.target + "/" + json_member(reply.body, "id"));
    const auto client = world_.sign_in(stranger_);
    const auto acts = client.post(user + "/delegated-token", "{}");
    if (acts.status != 201) throw std::runtime_error("no token of the grant: " + acts.body);
    return {
        "an accomplice by " + step.target, Form::Bearer, json_member(acts.body, "access_token")};
  }
  // Whoever is invited takes over, with a password of their own.
  Credential of_heir() {
    constexpr std::string_view kLink = "/v1/password-resets/";
    std::string code;
    for (const MailMessage& mail : world_.app().mails()) {
      const std::size_t link = mail.text.find(kLink);
      if (mail.to != "mine@example.net" || link == std::string::npos) continue;
      const std::size_t begin = link + kLink.size();
      code = mail.text.substr(begin, mail.text.find('\n', begin) - begin);
    }
    const auto reply = world_.app().anonymous().post(
        "/v1/password-resets/confirm",
        "{\"code\": \"" + code + R"(", "new_password": ")" + std::string(kPassword) + "\"}");
    if (reply.status != 204) throw std::runtime_error("not taken over: " + reply.body);
    is_handed_over_ = true;
    ++handed_over_;
    Credential given{"whoever took over", Form::Basic, base64_encode("mine:correct horse battery")};
    given.is_heirs = true;
    return given;
  }
  // The user is the manager's again, and what was given before holds again.
  void take_handover_back() {
    const auto taken = world_.app().storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(db.run(kManageAgain, ada_.number, managed_.number));
      for (const Sql& forget : kForgetHeir) GATEHOUSE_CHECK(db.run(forget, managed_.number));
      GATEHOUSE_CHECK(db.run(kForgetBudgets));
      return probe_->host().bus().publish(db, "users.user", std::to_string(managed_.number));
    });
    if (!taken) throw std::runtime_error(taken.error().message);
    is_handed_over_ = false;
  }
  static constexpr Sql kManageAgain =
      "update users_user set username = null, username_key = '', email = null, email_key = '', "
      "recovery_email = null, manager = :manager where number = :number";
  static constexpr Sql kForgetHeir[] = {"delete from users_name where user_number = :number",
                                        "delete from users_credential where user_number = :number"};
  static constexpr Sql kForgetBudgets = "delete from users_throttle";
  void take_grants_back() {
    for (const std::string& grant : std::exchange(grants_, {})) {
      const auto reply = with(of_password()).remove(grant);
      if (reply.status != 204) throw std::runtime_error("a grant stays: " + reply.body);
    }
  }

  // What there is, so that what a call leaves behind can be taken away: of tokens and sessions a
  // user has so many.
  struct Mark {
    std::int64_t last_token = 0;
    std::vector<Family> sessions;
    bool is_handed_over = false;
  };
  Mark mark() {
    const auto found = world_.app().storage().read([this](Session& db) -> Result<Mark> {
      Mark there;
      there.is_handed_over = is_handed_over_;
      GATEHOUSE_TRY(there.last_token, db.get<std::int64_t>(kLastToken));
      GATEHOUSE_TRY(there.sessions, db.list<Family>(kSessions));
      return there;
    });
    if (!found) throw std::runtime_error(found.error().message);
    return *found;
  }
  void go_back_to(const Mark& mark) {
    if (is_handed_over_ && !mark.is_handed_over) take_handover_back();
    take_grants_back();
    const auto swept = world_.app().storage().write([&](Session& db) -> Result<None> {
      GATEHOUSE_CHECK(db.run(kForgetTokens, mark.last_token));
      GATEHOUSE_TRY(const auto sessions, db.list<Family>(kSessions));
      for (const Family& one : sessions) GATEHOUSE_CHECK(go_back_to(db, mark, one));
      return None{};
    });
    if (!swept) throw std::runtime_error(swept.error().message);
  }
  // A refresh token that was used is used for the first time again.
  static Result<None> go_back_to(Session& db, const Mark& mark, const Family& session) {
    for (const Family& was : mark.sessions) {
      if (was.id != session.id) continue;
      GATEHOUSE_CHECK(db.run(kTurnBack, was.generation, was.id));
      return None{};
    }
    GATEHOUSE_CHECK(db.run(kForgetSession, session.id));
    return None{};
  }
  static constexpr Sql kLastToken = "select coalesce(max(number), 0) as n from tokens_api_token";
  static constexpr Sql kSessions = "select id, generation from tokens_session";
  static constexpr Sql kTurnBack =
      "update tokens_session set generation = :generation where id = :id";
  static constexpr Sql kForgetTokens = "delete from tokens_api_token where number > :last";
  static constexpr Sql kForgetSession = "delete from tokens_session where id = :id";

  Probe* probe_ = nullptr;
  World world_;
  Time world_now_ = testing::FakeClock().now();
  Person ada_;
  Person stranger_;  // the attacker's own user
  Person other_;
  Person sharing_;
  Person managed_;
  MadeToken switched_off_;
  MadeToken spare_;
  bool is_handed_over_ = false;
  std::size_t handed_over_ = 0;
  std::vector<std::string> grants_;  // paths of those that a call has made
  std::size_t tried_ = 0;
  std::size_t given_ = 0;
};

// The second call is tried with what the first one gave, and with what was there before; after a
// call that was refused nothing has changed.
TEST_F(Exchange, NoTwoCallsLeadUp) {
  for (const auto& start : starts()) {
    const Credential first = start();
    SCOPED_TRACE(first.name);
    const Mark began = mark();
    const Reach had = look(first);
    ASSERT_TRUE(had.who) << "so that there is something to exceed";
    for (const Step& step : steps(first)) {
      const auto second = take(first, step);
      if (!second) continue;
      ++given_;
      const Mark stands = mark();
      const Reach has = look(*second);
      ASSERT_EQ(judge(first, had, *second, has), "") << second->name;
      ASSERT_EQ(judge(first, had, first, look(first)), "") << "itself, after " << second->name;
      for (const Credential* by : {&first, &*second}) {
        const Reach& with = by == &first ? had : has;
        for (const Step& next : steps(*by)) {
          const auto third = take(*by, next);
          if (!third) continue;
          ++given_;
          const Reach comes = look(*third);
          ASSERT_EQ(judge(first, had, *third, comes), "") << second->name << "; " << third->name;
          ASSERT_EQ(judge(*by, with, *third, comes), "") << second->name << "; " << third->name;
          go_back_to(stands);
        }
      }
      go_back_to(began);
      switch_off();
    }
    ASSERT_EQ(look(first).places, had.places) << "nothing was tried with what had ended meanwhile";
  }
  EXPECT_GT(tried_, 8'000U);
  EXPECT_GT(given_, 1'500U);
  EXPECT_GT(handed_over_, 50U);
}

}  // namespace
}  // namespace gatehouse::identity
