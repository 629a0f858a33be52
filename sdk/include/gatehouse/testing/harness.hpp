// Runs plugins in a test without a host and without a socket: a database of its own (see
// testing/database.hpp), a clock that stands still, and the same runtime that serves requests.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/principal.hpp>
#include <gatehouse/testing/fakes.hpp>

namespace gatehouse::testing {

// What came back.
struct Reply {
  int status = 0;
  std::string body;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  // The first header of that name, "" when there is none.
  GATEHOUSE_API std::string header(std::string_view name) const;
};

class HarnessCore;

// Sends requests as somebody.
class GATEHOUSE_API Client {
 public:
  Reply get(std::string_view target) const { return send("GET", target, ""); }
  Reply post(std::string_view target, std::string_view json) const {
    return send("POST", target, json);
  }
  Reply put(std::string_view target, std::string_view json) const {
    return send("PUT", target, json);
  }
  Reply patch(std::string_view target, std::string_view json) const {
    return send("PATCH", target, json);
  }
  Reply remove(std::string_view target) const { return send("DELETE", target, ""); }
  // A body is sent as application/json unless with() gave another Content-Type. A stream comes back
  // whole; std::runtime_error when it broke off.
  Reply send(std::string_view method, std::string_view target, std::string_view body) const;

  // The same client, with one more header on every request. X-Forwarded-For is believed: it is the
  // client's address, which otherwise is 192.0.2.1.
  Client with(std::string_view name, std::string_view value) const;

 private:
  friend class HarnessCore;
  explicit Client(HarnessCore& core) : core_(core) {}
  HarnessCore& core_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

// The settings of the plugin: keys ("max_length", or "section.key") and values as in the YAML.
using Settings = std::vector<std::pair<std::string, std::string>>;

// A plugin in a test.
struct TestedPlugin {
  std::string name;
  std::unique_ptr<Plugin> plugin;
  Settings settings = {};
  std::string mount = {};  // as plugins.NAME.mount; "": not set
};

// The plugin in a library, as it is installed (lib/gatehouse/plugins-1/users.so), which stays
// loaded: so a test can have others beside its own. std::runtime_error says what is wrong with the
// file.
GATEHOUSE_API std::unique_ptr<Plugin> load_plugin(const std::string& file);

// The part of the harness that does not depend on the plugin's type.
class GATEHOUSE_API HarnessCore {
 public:
  // `plugins` in the order of their requirements; storage() is that of the first. `policy`: the
  // section `policy` of the configuration.
  explicit HarnessCore(std::vector<TestedPlugin> plugins, const Settings& policy = {});
  ~HarnessCore();
  HarnessCore(const HarnessCore&) = delete;
  HarnessCore& operator=(const HarnessCore&) = delete;

  // Requests and commands need a plugin that runs: with mistakes(), as(), run() and what a Client
  // sends are std::logic_error, which says them.
  //
  // A signed-in user of that name; the first name gets number 1, and so on.
  Client as(std::string_view username, Roles roles = {});
  Client as(const Principal& principal);
  // Somebody without a credential, unless with("Authorization", ...) gives one.
  Client anonymous();

  // What start-up found wrong, as whole lines. Empty: the plugin runs.
  const std::vector<std::string>& mistakes() const;
  // Runs a command: its words and arguments as typed, `answers` to what it asks for in secret.
  CommandRun run(std::string_view command, const std::vector<std::string>& answers = {});

  // Runs every job of the plugin once, as if all were due, and waits for them.
  void run_jobs();

  FakeClock& clock();
  RecordedLog& log();
  RecordedMetrics& metrics();
  // Every letter so far, after those that are due by clock() have been written and sent. Nothing is
  // sent at other times. Links begin with https://id.example.org.
  const std::vector<MailMessage>& mails();
  // What the plugin showed to the operator.
  const std::vector<std::string>& shown() const;
  Db& storage();
  Services& services();
  Keys& keys();  // those of a plugin "harness", under fixed_master_key()
  const std::string& openapi() const;

 private:
  friend class Client;
  void require_running() const;
  Reply send(std::string_view method,
             std::string_view target,
             std::string_view body,
             std::vector<std::pair<std::string, std::string>> headers);
  struct State;
  std::unique_ptr<State> state_;
};

// Harness<Notes> app("notes", {{"max_length", "10"}});
// app.as("ada").post("/notes", R"({"text": "x"})").status
template <class P>
class Harness : public HarnessCore {
 public:
  explicit Harness(std::string name, const Settings& settings = {})
      : HarnessCore(only({std::move(name), std::make_unique<P>(), settings})) {}

 private:
  static std::vector<TestedPlugin> only(TestedPlugin plugin) {
    std::vector<TestedPlugin> plugins;
    plugins.push_back(std::move(plugin));
    return plugins;
  }
};

}  // namespace gatehouse::testing
