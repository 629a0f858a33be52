// Users and those they manage, through the service gatehouse.user_editor.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/services/user_editor.hpp>

#include "accounts_fixture.hpp"

namespace gatehouse::users {

class ManagedUsersTest : public UsersInAccounts {
 protected:
  void SetUp() override {
    UsersInAccounts::SetUp();
    mia_ = create(
        "mia", client_, R"(, "email": "mia@example.org", "password": "enchantress of number")");
  }

  // A manager, unless told otherwise.
  Principal mia() const { return person(mia_); }
  Principal person(std::int64_t number, Roles roles = {}) const {
    Principal who;
    who.user = number;
    who.user_id = "65f1c0ffee00000000000001";
    who.account = client_;
    who.roles = roles;
    who.method = "basic";
    return who;
  }
  testing::Client as_mia() { return as(mia_, {}, client_); }

  UserEditor& editor() { return *app().services().find<UserEditor>(); }
  // Calls a method of the editor in a transaction of its own.
  template <class R, class... P, class... A>
  R edit(R (UserEditor::*method)(Session&, P...), const A&... arguments) {
    return app().storage().write([&](Session& db) { return (editor().*method)(db, arguments...); });
  }

  // Somebody whom mia manages.
  UserRecord make(std::string_view first_name) {
    ManagedUserDraft draft;
    draft.first_name = std::string(first_name);
    auto made = edit(&UserEditor::create_managed, mia(), draft);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *std::move(made) : UserRecord();
  }
  static Result<None> unseen(const UserRecord&) { return None{}; }
  Result<UserRecord> change(const Principal& who,
                            std::int64_t user,
                            const ManagedUserChange& change,
                            const UserEditor::Check& check = unseen) {
    return edit(&UserEditor::change_managed, who, user, change, check);
  }
  Result<None> erase(const Principal& who,
                     std::int64_t user,
                     const UserEditor::Check& check = unseen) {
    return edit(&UserEditor::erase_managed, who, user, check);
  }
  Result<None> hand_over(const Principal& who,
                         std::int64_t user,
                         const Handover& to,
                         const UserEditor::Check& check = unseen) {
    return edit(&UserEditor::hand_over, who, user, to, check);
  }
  // No rule lets a managed user have any.
  void give_roles(std::int64_t user, Roles roles) {
    ASSERT_TRUE(app().storage().write([&](Session& db) {
      return db.run("update users_user set role_bits = :roles where number = :user",
                    std::int64_t{roles.bits()},
                    user);
    }));
  }

  // "ok", or what stood in the way: its reason, and the fields that are wrong.
  template <class T>
  static std::string outcome(const Result<T>& result) {
    if (result) return "ok";
    std::string text = result.error().reason;
    for (const FieldError& field : result.error().fields) text += " " + field.pointer;
    return text;
  }
  // Events since the last call, one a line.
  std::string told() {
    std::string lines;
    for (const AuditRecord& record : around().take_records()) {
      const AuditEvent& event = record.event;
      lines +=
          event.action + " " + std::to_string(event.user) + " in " + std::to_string(event.account);
      for (const std::string& field : event.changes) lines += " " + field;
      if (!event.detail.empty()) lines += " (" + event.detail + ")";
      lines += "\n";
    }
    return lines;
  }
  std::int64_t count(const Sql& sql) {
    const auto counted =
        app().storage().read([&](Session& db) { return db.get<std::int64_t>(sql); });
    return counted ? *counted : -1;
  }

  std::int64_t mia_ = 0;
};

}  // namespace gatehouse::users
