// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>

#include <dlfcn.h>

#include <gatehouse/runtime/config_node.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/kernel_random.hpp>
#include <gatehouse/runtime/key_ring.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/runtime.hpp>
#include <gatehouse/testing/database.hpp>
#include <gatehouse/testing/harness.hpp>

namespace gatehouse::testing {
namespace {

constexpr std::string_view kScheme = "Harness ";
constexpr std::string_view kPublicUrl = "https://id.example.org";

bool same_header(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

// Signs in whoever the harness says: "Authorization: Harness INDEX" names one of its principals.
class HarnessPlugin final : public Plugin, private Authenticator {
 public:
  Context* context = nullptr;

  // Its index.
  std::size_t remember(const Principal& principal) {
    const std::lock_guard lock(mutex_);
    principals_.push_back(principal);
    return principals_.size() - 1;
  }
  Principal known(std::size_t index) {
    const std::lock_guard lock(mutex_);
    return principals_.at(index);
  }

  void wire(Context& host) override {
    context = &host;
    host.authenticators().add(*this);
  }

 private:
  std::string_view challenge(Refusal) const override { return "Harness"; }
  Result<Authentication> authenticate(const Call& call) override {
    const std::string_view sent = call.header("Authorization").value_or("");
    if (!sent.starts_with(kScheme)) return Authentication::not_recognised();
    std::size_t index = 0;
    std::from_chars(sent.data() + kScheme.size(), sent.data() + sent.size(), index);
    return Authentication::accepted(known(index));
  }

  std::mutex mutex_;  // guards principals_: tests sign in from several threads
  std::vector<Principal> principals_;
};

ConfigNode to_node(const Settings& settings) {
  ConfigNode root;
  root.kind = ConfigNode::Kind::Map;
  root.origin = "settings";
  for (const auto& [key, value] : settings) {
    ConfigNode* node = &root;
    std::string_view rest = key;
    for (;;) {
      const std::size_t dot = rest.find('.');
      const std::string_view word = rest.substr(0, dot);
      auto member = std::find_if(
          node->members.begin(), node->members.end(), [&](const auto& m) { return m.key == word; });
      if (member == node->members.end()) {
        ConfigNode section;
        section.kind = ConfigNode::Kind::Map;
        section.origin = "settings";
        node->members.push_back({std::string(word), std::move(section)});
        member = std::prev(node->members.end());
      }
      node = &member->value;
      if (dot == rest.npos) break;
      rest.remove_prefix(dot + 1);
    }
    node->kind = ConfigNode::Kind::Scalar;
    node->scalar = value;
  }
  return root;
}

// Splits at blanks; nothing in tests needs quotes.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    if (blank != 0) words.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank == text.npos ? text.size() : blank + 1);
  }
  return words;
}

class TypedLine final : public CommandLine {
 public:
  TypedLine(const CommandEntry& command,
            std::vector<std::string> words,
            std::vector<std::string> answers)
      : answers_(std::move(answers)) {
    std::vector<std::string> positional;
    for (const CommandArgument& argument : command.arguments) {
      const bool named = argument.kind == CommandArgument::Kind::Option ||
                         argument.kind == CommandArgument::Kind::Flag;
      if (!named) {
        positional.push_back(argument.name);
        continue;
      }
      const auto given = std::find(words.begin(), words.end(), "--" + argument.name);
      if (given == words.end()) continue;
      if (argument.kind == CommandArgument::Kind::Flag) {
        values_[argument.name] = "";
        words.erase(given);
      } else {
        if (std::next(given) == words.end()) throw std::invalid_argument(argument.name);
        values_[argument.name] = *std::next(given);
        words.erase(given, given + 2);
      }
    }
    if (words.size() > positional.size()) throw std::invalid_argument(words.back());
    for (std::size_t i = 0; i < words.size(); ++i) values_[positional[i]] = words[i];
  }

  std::optional<std::string> value(std::string_view name) const override {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }
  bool flag(std::string_view name) const override { return values_.find(name) != values_.end(); }
  void print(std::string_view line) override { run.output.emplace_back(line); }
  void fail(std::string_view line) override { run.errors.emplace_back(line); }
  Result<std::string> secret(std::string_view) override {
    if (next_answer_ == answers_.size()) return unavailable("There is no answer left.");
    return answers_[next_answer_++];
  }
  void progress(std::string_view) override {}
  bool interrupted() override { return false; }
  Result<None> create_file(const std::string& path) override {
    if (std::filesystem::exists(path)) return conflict("file_exists", "{} is there already.", path);
    if (!std::ofstream(path)) return unavailable(path + " cannot be made.");
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return None{};
  }

  CommandRun run;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> answers_;
  std::size_t next_answer_ = 0;
};

}  // namespace

struct HarnessCore::State {
  FakeClock clock;
  RecordedLog log;
  RecordedMetrics metrics;
  KernelRandom random;
  Argon2Passwords passwords{PasswordCost{}};
  KeyRing keys{random};
  RecordedMail sent_mail;
  std::vector<std::string> shown;
  TestDatabase place;
  std::unique_ptr<Database> database;
  HarnessPlugin harness_plugin;
  std::vector<TestedPlugin> plugins;
  std::deque<ConfigNode> configs;
  std::map<std::string, std::size_t, std::less<>> known_names;  // index into principals
  std::vector<std::string> mistakes;
  std::unique_ptr<Runtime> runtime;  // last: stops before the plugins go

  std::size_t remember(const Principal& principal) { return harness_plugin.remember(principal); }
};

std::string Reply::header(std::string_view name) const {
  for (const auto& [header, value] : headers) {
    if (same_header(header, name)) return value;
  }
  return {};
}

Reply Client::send(std::string_view method, std::string_view target, std::string_view body) const {
  return core_.send(method, target, body, headers_);
}

Client Client::with(std::string_view name, std::string_view value) const {
  Client client = *this;
  client.headers_.emplace_back(name, value);
  return client;
}

std::unique_ptr<Plugin> load_plugin(const std::string& file) {
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  using Create = int (*)(Plugin**, char*, std::size_t) noexcept;
  const auto create = reinterpret_cast<Create>(::dlsym(library, kCreatePlugin));
  if (create == nullptr) throw std::runtime_error(file + " is no plugin: " + ::dlerror());
  Plugin* plugin = nullptr;
  std::array<char, 256> error{};
  if (create(&plugin, error.data(), error.size()) != 0) {
    throw std::runtime_error(file + ": " + error.data());
  }
  return std::unique_ptr<Plugin>(plugin);
}

HarnessCore::HarnessCore(std::vector<TestedPlugin> plugins, const Settings& policy)
    : state_(std::make_unique<State>()) {
  State& state = *state_;
  state.plugins = std::move(plugins);
  state.keys.load({fixed_master_key()});
  DatabaseOptions options = state.place.options();
  options.sqlite.path.clear();  // a file that is never synced: there are many tests
  auto database = Database::open(options, state.log, state.metrics, state.clock);
  if (!database) throw std::runtime_error(database.error().message);
  state.database = *std::move(database);
  state.runtime = std::make_unique<Runtime>(Facilities{
      [&state](std::string_view) -> Log& { return state.log; },
      state.metrics,
      state.clock,
      state.random,
      state.passwords,
      state.keys,
      MailFacilities{
          state.sent_mail, [] { return std::string(kPublicUrl); }, "", MailSending::OnDemand},
      [&state](std::string_view, std::string_view text) { state.shown.emplace_back(text); },
      true,
      {},
      "0",
      std::string(kPublicUrl)});
  state.runtime->add({"harness", "1.0.0", &state.harness_plugin, nullptr, "harness"});
  for (const TestedPlugin& tested : state.plugins) {
    const ConfigNode& config = state.configs.emplace_back(to_node(tested.settings));
    RunningPlugin running{tested.name, "1.0.0", tested.plugin.get(), &config, "settings"};
    if (!tested.mount.empty()) {
      ConfigNode& mount = state.configs.emplace_back();
      mount.kind = ConfigNode::Kind::Scalar;
      mount.scalar = tested.mount;
      mount.origin = "settings";
      running.mount = &mount;
    }
    state.runtime->add(std::move(running));
  }
  const ConfigNode policy_section = to_node(policy);
  state.mistakes = state.runtime->configure(&policy_section);
  if (state.mistakes.empty()) state.mistakes = state.runtime->wire(*state.database);
  if (state.mistakes.empty()) state.mistakes = state.runtime->migrate(*state.database);
  if (state.mistakes.empty()) state.mistakes = state.runtime->start();
}

HarnessCore::~HarnessCore() {
  state_->runtime->stop();
}

void HarnessCore::require_running() const {
  if (state_->mistakes.empty()) return;
  std::string text = "the plugin did not start:";
  for (const std::string& mistake : state_->mistakes) text += "\n  " + mistake;
  throw std::logic_error(text);
}

Client HarnessCore::as(std::string_view username, Roles roles) {
  require_running();
  const auto known = state_->known_names.find(username);
  Principal principal;
  if (known != state_->known_names.end()) {
    principal = state_->harness_plugin.known(known->second);
  } else {
    principal.user = static_cast<std::int64_t>(state_->known_names.size()) + 1;
    principal.user_id = state_->random.object_id();
    principal.username = username;
    principal.method = "harness";
    state_->known_names.emplace(username, state_->remember(principal));
  }
  principal.roles = roles;
  return as(principal);
}

Client HarnessCore::as(const Principal& principal) {
  require_running();
  return anonymous().with("Authorization",
                          std::string(kScheme) + std::to_string(state_->remember(principal)));
}

Client HarnessCore::anonymous() {
  return Client(*this);
}

const std::vector<std::string>& HarnessCore::mistakes() const {
  return state_->mistakes;
}

CommandRun HarnessCore::run(std::string_view command, const std::vector<std::string>& answers) {
  require_running();
  for (const CommandEntry& entry : state_->runtime->commands()) {
    const bool named = command.starts_with(entry.name) &&
                       (command.size() == entry.name.size() || command[entry.name.size()] == ' ');
    if (!named) continue;
    TypedLine line(entry, words_of(command.substr(entry.name.size())), answers);
    line.run.exit_code = state_->runtime->run_command(entry, line);
    return line.run;
  }
  throw std::invalid_argument(format("there is no command '{}'", command));
}

void HarnessCore::run_jobs() {
  require_running();
  state_->runtime->run_jobs();
}

FakeClock& HarnessCore::clock() {
  return state_->clock;
}
RecordedLog& HarnessCore::log() {
  return state_->log;
}
RecordedMetrics& HarnessCore::metrics() {
  return state_->metrics;
}
const std::vector<MailMessage>& HarnessCore::mails() {
  require_running();
  state_->runtime->send_mail();
  return state_->sent_mail.messages();
}
const std::vector<std::string>& HarnessCore::shown() const {
  return state_->shown;
}
Db& HarnessCore::storage() {
  return state_->database->for_plugin(state_->plugins.front().name);
}
Services& HarnessCore::services() {
  return state_->harness_plugin.context->services();
}
Keys& HarnessCore::keys() {
  return state_->harness_plugin.context->keys();
}
const std::string& HarnessCore::openapi() const {
  return state_->runtime->openapi();
}

Reply HarnessCore::send(std::string_view method,
                        std::string_view target,
                        std::string_view body,
                        std::vector<std::pair<std::string, std::string>> headers) {
  require_running();
  const bool typed = std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return same_header(header.first, "Content-Type");
  });
  if (!body.empty() && !typed) headers.emplace_back("Content-Type", "application/json");
  std::string address = "192.0.2.1";
  for (const auto& [name, value] : headers) {
    if (same_header(name, "X-Forwarded-For")) address = value;
  }
  auto exchange = state_->runtime->open(
      {std::string(method), std::string(target), std::move(headers), std::move(address)});
  if (!exchange->done() && body.size() > exchange->body_limit()) {
    exchange->refuse(413, "body_too_large", "The request's body is larger than this route takes.");
  }
  if (!exchange->done()) exchange->receive(std::string(body));
  while (!exchange->done()) exchange->run();
  Answer& answer = exchange->answer();
  std::string whole = std::move(answer.body);
  while (exchange->rest() == Exchange::Rest::Follows) {
    exchange->run();
    whole += answer.body;
  }
  if (exchange->rest() == Exchange::Rest::Missing) throw std::runtime_error("the stream broke off");
  return {
      answer.status, std::move(whole), std::move(answer.content_type), std::move(answer.headers)};
}

}  // namespace gatehouse::testing
