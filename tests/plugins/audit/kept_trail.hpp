// A trail of some days, and a folder for what is kept outside the database.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <unistd.h>

#include "audit_fixture.hpp"

namespace gatehouse::audit {

// A folder for one test.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "gatehouse-audit-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline std::string content(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class Keeping : public AuditTest {
 protected:
  // Three about user 4 and two about user 6, one a day.
  void SetUp() override {
    AuditTest::SetUp();
    for (const std::int64_t user : {4, 6, 4, 6, 4}) {
      do_deed({.user = user, .account = 20, .user_name = "name" + std::to_string(user)});
      app().clock().advance(std::chrono::hours(24));
    }
  }
  std::int64_t parts_of_4() {
    return number("select count(*) from audit_personal where person = 4 and salt <> ''");
  }
  testing::CommandRun verify() { return app().run("audit verify"); }
  // A batch posts the next, so that each is run by another call.
  void find_the_gone() {
    for (int i = 0; i < 10; ++i) app().run_jobs();
  }
};

}  // namespace gatehouse::audit
