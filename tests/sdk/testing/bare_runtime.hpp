// One plugin in a runtime, driven as an HTTP engine drives it: for what the harness does not show.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/plugin.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/testing/fakes.hpp>

namespace gatehouse::testing {

class BareRuntime {
 public:
  enum class RequestLines : std::uint8_t { No, Yes };
  // `plugin` must outlive it. `place`: a database of its own, or one that several share.
  explicit BareRuntime(Plugin& plugin,
                       std::vector<std::string> cors_origins = {},
                       RequestLines request_lines = RequestLines::No,
                       const DatabaseOptions& place = {},
                       std::string name = "bare")
      : runtime_({[this](std::string_view) -> Log& { return log; },
                  metrics,
                  clock_,
                  random_,
                  passwords_,
                  keys_,
                  MailFacilities{
                      mail_, [] { return "https://id.example.org"; }, "", MailSending::OnDemand},
                  [this](std::string_view, std::string_view text) { shown.emplace_back(text); },
                  request_lines == RequestLines::Yes,
                  std::move(cors_origins)}) {
    auto database = Database::open(place, log, metrics, clock_);
    if (!database) throw std::runtime_error(database.error().message);
    database_ = *std::move(database);
    keys_.load({fixed_master_key()});
    runtime_.add({std::move(name), "1.0.0", &plugin, nullptr, "test"});
    check(runtime_.configure(nullptr));
    check(runtime_.wire(*database_));
    check(runtime_.migrate(*database_));
    check(runtime_.start());
  }
  ~BareRuntime() { runtime_.stop(); }
  BareRuntime(const BareRuntime&) = delete;
  BareRuntime& operator=(const BareRuntime&) = delete;

  Runtime& operator*() { return runtime_; }
  Database& database() { return *database_; }

  std::unique_ptr<Exchange> open(std::string method,
                                 std::string target,
                                 std::vector<std::pair<std::string, std::string>> headers = {}) {
    return runtime_.open({std::move(method), std::move(target), std::move(headers), "192.0.2.1"});
  }

  RecordedLog log;
  RecordedMetrics metrics;
  std::vector<std::string> shown;  // to the operator

 private:
  static void check(const std::vector<std::string>& mistakes) {
    if (!mistakes.empty()) throw std::runtime_error(mistakes.front());
  }

  FakeClock clock_;
  KernelRandom random_;
  Argon2Passwords passwords_{PasswordCost{}};
  KeyRing keys_{random_};
  RecordedMail mail_;
  std::unique_ptr<Database> database_;
  Runtime runtime_;
};

}  // namespace gatehouse::testing
