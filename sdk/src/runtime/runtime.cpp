// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <gatehouse/deployment.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/metrics.hpp>
#include <gatehouse/plugin.hpp>
#include <gatehouse/runtime/database.hpp>
#include <gatehouse/runtime/openapi.hpp>
#include <gatehouse/runtime/passwords.hpp>
#include <gatehouse/runtime/runtime.hpp>

#include "mail/mail_queue.hpp"
#include "mail/mail_sender.hpp"
#include "runtime/bus_listener.hpp"
#include "runtime/claimed_job.hpp"
#include "runtime/events.hpp"
#include "runtime/exchange.hpp"
#include "runtime/guard.hpp"
#include "runtime/own_tables.hpp"
#include "runtime/plugin_context.hpp"
#include "runtime/registry.hpp"
#include "runtime/scheduler.hpp"
#include "storage/sequences.hpp"

namespace gatehouse {
namespace {

constexpr std::array kSecondsBounds{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0};

constexpr std::chrono::minutes kForgetEvery{10};

std::vector<ApiSignIn> sign_ins_of(const runtime::Mount& mount) {
  std::vector<ApiSignIn> sign_ins;
  for (const runtime::SignIn& one : mount.sign_ins) {
    sign_ins.push_back({std::string(one.authenticator->challenge(Refusal::NoCredential)),
                        std::string(one.authenticator->description())});
  }
  return sign_ins;
}

// A client's own id is kept when it cannot hurt a log line or a header.
bool is_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace

struct Runtime::State {
  struct Running {
    RunningPlugin plugin;
    Context* context = nullptr;
    bool started = false;
  };

  Facilities facilities;
  runtime::Registry registry;
  runtime::Scheduler scheduler;
  mail::Sender mail_sender;
  // A thread of its own: a mail server that hangs must not keep plugins' jobs waiting.
  runtime::Scheduler mail_scheduler;
  runtime::BusListener bus{{facilities.metrics, facilities.log_for}};
  runtime::AuditDesk audit{facilities.clock, facilities.log_for};
  runtime::Shared shared{facilities, registry, scheduler, bus, audit};
  runtime::Contexts contexts{shared};
  runtime::Dispatcher dispatcher{
      registry, facilities, audit, runtime::Cors(facilities.cors_origins), {}};
  std::optional<runtime::Idempotency> idempotency;
  std::vector<Running> plugins;
  std::atomic<const Running*> stopping = nullptr;  // the plugin that stop() is in
  std::string openapi;
  std::string request_id_prefix;
  std::atomic<std::uint64_t> requests = 0;

  explicit State(Facilities given)
      : facilities(std::move(given)),
        scheduler([this](const std::string& plugin,
                         const std::string& name,
                         const std::function<void()>& work) { run_job(plugin, name, work); }),
        mail_sender({registry.composers,
                     facilities.mail.transport,
                     facilities.clock,
                     facilities.random,
                     facilities.metrics,
                     facilities.log_for}),
        mail_scheduler([this](const std::string& plugin,
                              const std::string& name,
                              const std::function<void()>& work) { run_job(plugin, name, work); }) {
    request_id_prefix = facilities.random.base62(10);
    for (std::size_t i = 1; i < dispatcher.requests_by_class.size(); ++i) {
      const std::string status_class = std::to_string(i) + "xx";
      const std::array<Metrics::Label, 1> labels{{{"status", status_class}}};
      dispatcher.requests_by_class[i] =
          &facilities.metrics.counter("http_requests_total", "Requests answered.", labels);
    }
    dispatcher.seconds = &facilities.metrics.histogram(
        "http_request_seconds", "Time from a request's head to its answer.", {}, kSecondsBounds);
  }

  std::string next_request_id() { return request_id_prefix + "-" + std::to_string(++requests); }

  void run_job(const std::string& plugin,
               const std::string& name,
               const std::function<void()>& work) {
    const HashingAllowed hashing;
    try {
      work();
    } catch (...) {
      facilities.log_for(plugin).error(
          "job_failed", "job '{}' failed: {}", name, runtime::text_of(std::current_exception()));
      const std::array<Metrics::Label, 1> labels{{{"plugin", plugin}}};
      facilities.metrics.counter("job_failures_total", "Jobs that threw.", labels).add(1);
    }
  }

  // Calls `step` for each plugin; an exception becomes a line "ORIGIN: plugin 'NAME': failed in
  // ...".
  std::vector<std::string> for_each(std::string_view phase,
                                    const std::function<void(Running&)>& step) {
    std::vector<std::string> mistakes;
    for (Running& running : plugins) {
      try {
        step(running);
      } catch (...) {
        mistakes.push_back(failure(running, phase, std::current_exception()));
      }
    }
    return mistakes;
  }
  static std::string failure(const Running& running,
                             std::string_view phase,
                             std::exception_ptr thrown) {
    return format("{}: plugin '{}': failed in {}: {}",
                  running.plugin.origin,
                  running.plugin.name,
                  phase,
                  runtime::text_of(std::move(thrown)));
  }

  void open_audit() {
    const auto found = registry.services.find(AuditTrail::kServiceName);
    if (found == registry.services.end()) return;
    audit.open(static_cast<AuditTrail*>(found->second.object));
    shared.database->set_audit_sink(
        [this](Session& session, const AuditEvent& event) { audit.append(session, event); });
  }

  void open_idempotency() {
    const bool is_used = std::any_of(registry.routes.begin(),
                                     registry.routes.end(),
                                     [](const auto& route) { return route.honours_key(); });
    if (!is_used) return;
    idempotency.emplace(*shared.own_storage, facilities.clock, facilities.keys);
    dispatcher.idempotency = &*idempotency;
    shared.every(std::string(runtime::kOwner), "forget idempotency keys", kForgetEvery, [this] {
      idempotency->prune();
    });
  }

  void stop_started() noexcept {
    for (auto running = plugins.rbegin(); running != plugins.rend(); ++running) {
      if (!std::exchange(running->started, false)) continue;
      stopping = &*running;
      try {
        running->plugin.plugin->stop();
      } catch (...) {
        facilities.log_for(running->plugin.name)
            .error("stop_failed",
                   "plugin '{}': failed in stop(): {}",
                   running->plugin.name,
                   runtime::text_of(std::current_exception()));
      }
    }
    stopping = nullptr;
  }

  std::string_view origin_of(std::string_view plugin) const {
    const auto found = std::find_if(plugins.begin(), plugins.end(), [&](const Running& running) {
      return running.plugin.name == plugin;
    });
    return found->plugin.origin;  // only a plugin that was added has routes
  }

  // A permission with another plugin's name in front would be granted as that plugin's.
  void refuse_trespasses(std::vector<std::string>& mistakes) const {
    std::vector<std::string> names;
    for (const Running& running : plugins) names.push_back(running.plugin.name);
    for (const auto& [plugin, permission] : registry.rights.trespasses(names)) {
      mistakes.push_back(format(
          "{}: plugin '{}' declares the permission '{}', whose area is another plugin: name it "
          "'{}:...'",
          origin_of(plugin),
          plugin,
          permission,
          plugin));
    }
  }

  // Routes get the holders of their permissions; what names an unknown one is a mistake.
  std::vector<std::string> freeze() {
    std::vector<std::string> mistakes = registry.rights.freeze();
    refuse_trespasses(mistakes);
    for (const auto& [plugin, text] : registry.mounts.freeze(registry.routes)) {
      mistakes.push_back(format("{}: plugin '{}': {}", origin_of(plugin), plugin, text));
    }
    for (runtime::RouteEntry& route : registry.routes) {
      if (route.is_public()) continue;
      if (const runtime::HeldBy* held_by = registry.rights.find(route.spec.permission);
          held_by != nullptr) {
        route.held_by = *held_by;
        continue;
      }
      const std::string_view nearest = registry.rights.nearest(route.spec.permission);
      mistakes.push_back(format(
          "{}: plugin '{}': route {} {} names the permission '{}', which no plugin declares{}",
          origin_of(route.plugin),
          route.plugin,
          runtime::method_name(route.spec.method),
          route.spec.pattern,
          route.spec.permission,
          nearest.empty() ? "" : format(" (did you mean '{}'?)", nearest)));
    }
    return mistakes;
  }

  // Writes the API's document, and keeps with each route what it says of that route's answers.
  void describe() {
    std::vector<ApiRoute> routes;
    for (runtime::RouteEntry& route : registry.routes) {
      ApiRoute& shown = routes.emplace_back();
      shown.spec = route.spec;
      shown.plugin = route.plugin;
      shown.description = route.description;
      shown.body_limit = route.body_limit;
      shown.lenient = route.lenient;
      shown.etag = route.etag;
      shown.idempotency_key = route.honours_key();
      shown.delegable = route.delegable;
      shown.errors = route.errors == &render_problem ? ErrorShape::Problem : ErrorShape::Own;
      shown.content = route.content;
      shown.answers = route.answers;
      shown.parameters = route.parameters;
      if (route.mount != &registry.mounts.canonical()) shown.sign_ins = sign_ins_of(*route.mount);
      route.statuses = declared_statuses(shown);
    }
    ApiInfo info;
    info.version = facilities.version;
    info.server = facilities.public_url;
    for (const Running& running : plugins) {
      info.tags.push_back({running.plugin.name, format("The plugin {}.", running.plugin.name)});
      for (const ApiTag& tag : registry.tags) {
        if (tag.name == running.plugin.name) info.tags.back().description = tag.description;
      }
    }
    info.sign_ins = sign_ins_of(registry.mounts.canonical());
    openapi = write_openapi(info, routes);
  }
};

Runtime::Runtime(Facilities facilities) : state_(std::make_unique<State>(std::move(facilities))) {}
Runtime::~Runtime() {
  stop();
}

void Runtime::add(RunningPlugin plugin) {
  state_->plugins.push_back({std::move(plugin)});
}

void Runtime::keep_free(std::string_view prefix) {
  state_->registry.mounts.keep_free(prefix);
}

std::vector<std::string> Runtime::configure(const ConfigNode* policy) {
  std::vector<std::string> mistakes;
  state_->registry.rights.configure(policy, mistakes);
  auto thrown = state_->for_each("configure()", [&](State::Running& running) {
    const RunningPlugin& plugin = running.plugin;
    Config config = ConfigAccess::open_plugin(
        plugin.name, plugin.config, plugin.mount, plugin.origin, mistakes);
    plugin.plugin->configure(config);
    ConfigAccess::finish(config);
  });
  mistakes.insert(mistakes.end(), thrown.begin(), thrown.end());
  return mistakes;
}

std::vector<std::string> Runtime::wire(Database& database) {
  state_->shared.wiring = true;
  state_->shared.database = &database;
  state_->shared.own_storage = &database.for_plugin(runtime::kOwner);
  state_->shared.every(
      std::string(runtime::kOwner), "forget events", runtime::BusListener::kKept, [this] {
        runtime::BusListener::forget_old(*state_->shared.own_storage);
      });
  std::vector<std::string> mistakes = state_->for_each("wire()", [&](State::Running& running) {
    const RunningPlugin& plugin = running.plugin;
    running.context = &state_->contexts.make(plugin.name, database.for_plugin(plugin.name));
    plugin.plugin->wire(*running.context);
  });
  state_->shared.wiring = false;
  for (std::string& mistake : state_->freeze()) mistakes.push_back(std::move(mistake));
  if (!mistakes.empty()) return mistakes;

  state_->describe();
  state_->open_audit();
  return {};
}

std::vector<std::string> Runtime::migrate(Database& database) {
  std::vector<std::string> mistakes = database.migrate(runtime::kOwner, runtime::own_tables());
  state_->open_idempotency();
  auto thrown = state_->for_each("migrations()", [&](State::Running& running) {
    const RunningPlugin& plugin = running.plugin;
    if (plugin.name == runtime::kOwner) return;
    for (const std::string& mistake : database.migrate(plugin.name, plugin.plugin->migrations())) {
      mistakes.push_back(plugin.origin + ": " + mistake);
    }
  });
  mistakes.insert(mistakes.end(), thrown.begin(), thrown.end());
  return mistakes;
}

Result<std::vector<MigrationStep>> Runtime::migration_steps(
    Engine engine, const std::vector<AppliedMigration>& applied) {
  std::vector<MigrationStep> steps =
      gatehouse::migration_steps(engine, runtime::kOwner, runtime::own_tables(), applied);
  const auto thrown = state_->for_each("migrations()", [&](State::Running& running) {
    const RunningPlugin& plugin = running.plugin;
    if (plugin.name == runtime::kOwner) return;
    for (MigrationStep& step :
         gatehouse::migration_steps(engine, plugin.name, plugin.plugin->migrations(), applied)) {
      steps.push_back(std::move(step));
    }
  });
  if (!thrown.empty()) return unavailable(thrown.front());
  return steps;
}

Result<std::int64_t> Runtime::finish_restore(Database& database, const RestoreMarks& marks) {
  DatabaseRestored restored;
  const auto ready = [&](Session& session) -> Result<None> {
    GATEHOUSE_TRY(restored.epoch, begin_deployment_epoch(session, state_->facilities.clock.now()));
    GATEHOUSE_CHECK(storage::advance_sequences(session, marks));
    GATEHOUSE_CHECK(mail::remove_all(session));  // sent long since, or void
    // Of another life of the server, whose transactions and processes are not those of this one.
    GATEHOUSE_CHECK(runtime::BusListener::forget_all(session));
    GATEHOUSE_CHECK(runtime::ClaimedJob::forget_all(session));
    return runtime::tell_listeners(
        state_->registry, state_->facilities, session, DatabaseRestored::kEventName, &restored);
  };
  GATEHOUSE_CHECK(database.change_as_owner(ready));
  return restored.epoch;
}

Result<std::int64_t> Runtime::revoke_all(bool with_api_tokens) {
  const auto work = runtime::WorkScope::of_command();
  const auto revoke = [&](Session& session) -> Result<std::int64_t> {
    AllRevoked revoked;
    revoked.with_api_tokens = with_api_tokens;
    GATEHOUSE_TRY(revoked.epoch, begin_deployment_epoch(session, state_->facilities.clock.now()));
    GATEHOUSE_CHECK(runtime::tell_listeners(
        state_->registry, state_->facilities, session, AllRevoked::kEventName, &revoked));
    AuditEvent event{"deployment.revoked"};
    event.detail = with_api_tokens ? "sessions, codes, api tokens" : "sessions, codes";
    session.audit(event);
    return revoked.epoch;
  };
  try {
    return state_->shared.own_storage->write(revoke);
  } catch (...) {
    return unavailable(
        format("Nothing was revoked: {}", runtime::text_of(std::current_exception())));
  }
}

std::vector<std::string> Runtime::start() {
  const HashingAllowed hashing;
  for (State::Running& running : state_->plugins) {
    try {
      running.started = true;  // also what fails half-way is stopped
      running.plugin.plugin->start(*running.context);
    } catch (...) {
      std::string mistake = State::failure(running, "start()", std::current_exception());
      state_->stop_started();
      return {std::move(mistake)};
    }
  }
  state_->bus.start(state_->shared.database->reserved(), [database = state_->shared.database] {
    return database->make_waiter(runtime::BusListener::kChannel);
  });
  state_->scheduler.start();
  if (state_->facilities.mail.sending == MailSending::InBackground &&
      !state_->registry.composers.empty()) {
    state_->mail_scheduler.every(
        std::string(runtime::kOwner), "send_mail", std::chrono::seconds(1), [this] {
          send_mail();
        });
    state_->mail_scheduler.start();
  }
  return {};
}

void Runtime::run_jobs() {
  state_->scheduler.run_all();
}

void Runtime::begin_drain() {
  state_->scheduler.hold();
  state_->mail_sender.stop();
  state_->mail_scheduler.hold();
}

void Runtime::send_mail() {
  state_->mail_sender.run(*state_->shared.own_storage);
}

std::vector<std::string> Runtime::running() const {
  std::vector<std::string> all;
  for (const runtime::RouteEntry* route : state_->dispatcher.running.list()) {
    all.push_back(format("{} {} of plugin '{}'",
                         runtime::method_name(route->spec.method),
                         route->spec.pattern,
                         route->plugin));
  }
  for (const runtime::Scheduler* scheduler : {&state_->scheduler, &state_->mail_scheduler}) {
    if (std::string job = scheduler->running(); !job.empty()) all.push_back(std::move(job));
  }
  if (const State::Running* stopping = state_->stopping.load(); stopping != nullptr) {
    all.push_back(format("stop() of plugin '{}'", stopping->plugin.name));
  }
  return all;
}

void Runtime::stop() noexcept {
  state_->mail_sender.stop();
  state_->facilities.mail.transport.interrupt();
  state_->mail_scheduler.stop();
  state_->scheduler.stop();
  state_->bus.stop();
  state_->stop_started();
}

std::unique_ptr<Exchange> Runtime::open(RequestHead head) {
  const auto sent = std::find_if(head.headers.begin(), head.headers.end(), [](const auto& header) {
    return header.first.size() == 12 &&
           std::equal(header.first.begin(), header.first.end(), "x-request-id", [](char a, char b) {
             return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b);
           });
  });
  std::string id;
  if (sent != head.headers.end() && is_request_id(sent->second)) {
    id = sent->second;
  } else {
    id = state_->next_request_id();
  }
  return std::make_unique<runtime::RoutedExchange>(
      state_->dispatcher, std::move(head), std::move(id));
}

Answer Runtime::unreadable(int status,
                           std::string_view reason,
                           std::string_view message,
                           RequestHead known) {
  runtime::RoutedExchange exchange(state_->dispatcher, state_->next_request_id(), std::move(known));
  exchange.refuse(status, reason, message);
  return std::move(exchange.answer());
}

const std::vector<CommandEntry>& Runtime::commands() const {
  return state_->registry.commands;
}

int Runtime::run_command(const CommandEntry& command, CommandLine& line) {
  const HashingAllowed hashing;
  const auto work = runtime::WorkScope::of_command();
  try {
    return command.run(line);
  } catch (...) {
    line.fail(format(
        "error: plugin '{}': {}", command.plugin, runtime::text_of(std::current_exception())));
    return 1;
  }
}

const std::string& Runtime::openapi() const {
  return state_->openapi;
}

}  // namespace gatehouse
