// SPDX-License-Identifier: Apache-2.0
#include "host/server/deployment.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include <gatehouse/body.hpp>
#include <gatehouse/text.hpp>

#include "host/config/network.hpp"
#include "host/mail/outbox.hpp"
#include "host/mail/smtp.hpp"
#include "host/security/master_file.hpp"
#include "host/server/show_once.hpp"

namespace gatehouse::host {
namespace {

constexpr std::string_view kHostName = "host";  // the source of the host's own log records

constexpr std::string_view kErrorMark = "error: ";
constexpr std::string_view kOwnTables = "gatehouse";  // whose the tables of the SDK are

struct PartHealth {
  std::string part;
  bool ready = false;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(PartHealth, (), (part, ready, detail))
struct DetailedHealth {
  bool ready = false;
  std::vector<PartHealth> parts;
};
BOOST_DESCRIBE_STRUCT(DetailedHealth, (), (ready, parts))

Errors as_errors(const std::vector<std::string>& mistakes) {
  Errors errors;
  for (const std::string& mistake : mistakes) errors.push_back(format("{}{}", kErrorMark, mistake));
  return errors;
}

// Nothing says that others than this machine's users reach the main port: a proxy on loopback would
// publish all of it.
bool is_private(const HttpSettings& http) {
  return is_loopback(http.address) && http.public_url.empty() && http.trusted_proxies.empty();
}

struct OtherSession {
  std::int64_t pid = 0;
  std::string from;
};
BOOST_DESCRIBE_STRUCT(OtherSession, (), (pid, from))

// Sessions of servers and commands; this one's have another name. Whose address may not be seen,
// and who has none, comes first.
Result<None> check_nobody_uses(Db& db) {
  GATEHOUSE_TRY(const auto others, db.read([](Session& session) {
    return session.list<OtherSession>(
        "select cast(pid as bigint) as pid, coalesce(host(client_addr), '') as \"from\""
        " from pg_stat_activity where application_name = 'gatehouse'"
        " and datname = current_database() order by 2, 1");
  }));
  if (others.empty()) return None{};
  std::string named;
  for (const OtherSession& other : others) {
    named += format("{}process {}", named.empty() ? "" : ", ", other.pid);
    if (!other.from.empty()) named += " for " + other.from;
  }
  return unavailable(
      format("storage.postgresql: {} sessions of servers or commands of Gatehouse use this "
             "database ({} of "
             "PostgreSQL): stop all of them first, and a pooler that keeps their connections",
             others.size(),
             named));
}

// Connecting to a file that is not there would make it.
bool is_there(const DatabaseOptions& database) {
  std::error_code ignored;
  return database.engine != Engine::Sqlite ||
         (std::filesystem::exists(database.sqlite.path, ignored) &&
          !std::filesystem::is_empty(database.sqlite.path, ignored));
}

LogShape shape_of(LogFormat format) {
  switch (format) {
    case LogFormat::Text:
      return LogShape::Text;
    case LogFormat::Json:
      return LogShape::Json;
    case LogFormat::Automatic:
      break;
  }
  return shape_for(stderr);
}

}  // namespace

std::vector<PluginEntry> plugin_entries(const Settings& settings) {
  std::vector<PluginEntry> entries;
  for (const PluginSettings& plugin : settings.plugins) {
    entries.push_back({plugin.name, plugin.path, plugin.origin, plugin.enabled});
  }
  return entries;
}

Deployment::Deployment(DeploymentOptions options) : options_(std::move(options)) {}
Deployment::~Deployment() {
  stop();
}

Log& Deployment::log() {
  return logs_->of(kHostName);
}

Errors Deployment::load() {
  const Configuration configuration = load_configuration(options_.config, process_environment());
  SettingsReading reading = read_settings(configuration);
  settings_ = std::move(reading.settings);
  if (options_.purpose == Purpose::Bare) settings_.plugins.clear();
  logs_ = std::make_unique<Logs>(LogOptions{shape_of(settings_.observability.log_format),
                                            settings_.observability.log_level,
                                            &current_request_id},
                                 clock_,
                                 stderr);
  passwords_ = std::make_unique<Argon2Passwords>(settings_.passwords);
  hashing_slots_.emplace(settings_.http.hashing_slots);
  choose_mail();
  Errors errors = as_errors(reading.mistakes);
  if (!configuration.mistakes.empty()) return errors;  // the tree means nothing

  LoaderOptions loader;
  loader.preflight = options_.preflight;
  loader.own_writable = options_.developing ? OwnWritable::Warn : OwnWritable::Refuse;
  Loading loading = load_plugins(plugin_entries(settings_), loader);
  for (const std::string& warning : loading.warnings) {
    log().warning("plugin_writable", "{}", warning);
  }
  errors.insert(errors.end(), loading.errors.begin(), loading.errors.end());
  if (!errors.empty()) return errors;
  plugins_ = std::move(loading.plugins);

  public_routes_ = std::make_unique<PublicRoutes>(view());
  operator_routes_ = std::make_unique<OperatorRoutes>(view());
  runtime_ =
      std::make_unique<Runtime>(facilities(settings_.observability.log_requests, &*hashing_slots_));
  runtime_->add(
      {"gatehouse", GATEHOUSE_VERSION, public_routes_.get(), nullptr, configuration.name});
  const RunningPlugin operators{
      "gatehouse_operator", GATEHOUSE_VERSION, operator_routes_.get(), nullptr, configuration.name};
  if (!settings_.observability.address.empty()) {
    operator_runtime_ = std::make_unique<Runtime>(facilities(false, nullptr));
    operator_runtime_->add(operators);
  } else if (is_private(settings_.http)) {
    runtime_->add(operators);
  } else if (options_.purpose == Purpose::Serve) {
    log().warning("no_metrics",
                  "/metrics and /health/details are served nowhere: the main port may be reached "
                  "by strangers, so observability.address has to name another (127.0.0.1:9100)");
  }
  for (const LoadedPlugin& loaded : plugins_) {
    const auto plugin = std::find_if(
        settings_.plugins.begin(), settings_.plugins.end(), [&](const PluginSettings& candidate) {
          return candidate.name == loaded.entry.name;
        });
    runtime_->add({loaded.entry.name,
                   loaded.file.version_text,
                   loaded.plugin.get(),
                   &plugin->config,
                   plugin->origin,
                   plugin->mount.kind == ConfigNode::Kind::Null ? nullptr : &plugin->mount});
  }
  for (const PluginSettings& plugin : settings_.plugins) {
    if (!plugin.enabled) runtime_->keep_free(plugin.mount.scalar);
  }
  return as_errors(runtime_->configure(&settings_.policy));
}

void Deployment::choose_mail() {
  const MailSettings& mail = settings_.mail;
  if (mail.smtp.url.empty()) {
    auto outbox = std::make_unique<Outbox>(mail.outbox, mail.from);
    check_mail_ = [&outbox = *outbox] { return outbox.check(); };
    mail_ = std::move(outbox);
  } else {
    auto smtp = std::make_unique<Smtp>(mail.smtp, mail.from);
    check_mail_ = [&smtp = *smtp] { return smtp.check(); };
    mail_ = std::move(smtp);
  }
}

Errors Deployment::wire() {
  // Who only asks which commands there are need not be able to read the passwords.
  auto options = with_passwords(settings_.storage);
  if (!options) no_passwords_ = options.error().message;
  DatabaseOptions chosen = options ? *options : settings_.storage.database;
  if (options_.purpose == Purpose::Migrate || options_.purpose == Purpose::Restore) {
    chosen.migrations = MigrationMode::Auto;
  }
  if (options_.purpose == Purpose::Restore) chosen.postgresql.application_name += " restore";
  auto database = Database::prepare(chosen, log(), metrics_, clock_);
  if (!database) return {"error: " + database.error().message};
  database_ = *std::move(database);
  Errors errors = as_errors(runtime_->wire(*database_));
  if (errors.empty() && operator_runtime_) errors = as_errors(operator_runtime_->wire(*database_));
  return errors;
}

Errors Deployment::open_storage() {
  if (const auto usable = check_mail_(); !usable) {
    return {format("{}{}", kErrorMark, usable.error().message)};
  }
  Errors errors = open_database();
  if (errors.empty()) errors = open_keys();
  return errors;
}

Result<None> Deployment::connect() {
  if (connected_) return None{};
  if (!no_passwords_.empty()) return unavailable(no_passwords_);
  GATEHOUSE_CHECK(database_->connect());
  connected_ = true;
  return None{};
}

Errors Deployment::open_database() {
  if (const auto connected = connect(); !connected) {
    return {"error: " + connected.error().message};
  }
  const DatabaseOptions& database = settings_.storage.database;
  const bool alone = options_.purpose == Purpose::Serve || options_.purpose == Purpose::Restore;
  if (alone && database.engine == Engine::Sqlite) {
    auto lock = ServingLock::take(database.sqlite.path);
    if (!lock) return {"error: " + lock.error().message};
    serving_lock_.emplace(*std::move(lock));
  }
  if (options_.purpose == Purpose::Restore && database.engine == Engine::PostgreSql) {
    const auto free = check_nobody_uses(database_->for_plugin(kOwnTables));
    if (!free) return {"error: " + free.error().message};
  }
  Errors errors = as_errors(runtime_->migrate(*database_));
  if (errors.empty() && operator_runtime_)
    errors = as_errors(operator_runtime_->migrate(*database_));
  return errors;
}

// The file is made only for a database that was never used with one: for every other it is lost,
// and a new one would hide that. Nor is it made where other instances may have theirs already.
Errors Deployment::open_keys() {
  Db& db = database_->for_plugin(kOwnTables);
  const std::filesystem::path& file = settings_.master_file;
  auto keys = read_master_file(file);
  if (!keys && keys.error().code == ErrorCode::NotFound) {
    if (const auto never = match_with_database(file, {}, db); !never) {
      return {"error: " + never.error().message};
    }
    if (settings_.storage.database.engine == Engine::PostgreSql) {
      return {
          format("{}keys.master_file: {} is not there: `gatehouse keys init` makes it, once for "
                 "all instances; the others need a copy of the same file",
                 kErrorMark,
                 file.string())};
    }
    const auto made = make_master_file(file, MasterKey::make(random_, clock_.now(), {}));
    // Conflict: another process made it in this moment.
    if (!made && made.error().code != ErrorCode::Conflict)
      return {"error: " + made.error().message};
    log().info("master_file_made",
               "{}: keep a copy of it, apart from the backups of the database",
               file.string());
    keys = read_master_file(file);
  }
  if (!keys) return {"error: " + keys.error().message};
  if (const auto matched = match_with_database(file, *keys, db); !matched) {
    return {"error: " + matched.error().message};
  }
  keys_.load(*std::move(keys));
  return {};
}

Result<std::vector<MigrationStep>> Deployment::migration_steps() {
  std::vector<AppliedMigration> applied;
  const DatabaseOptions& database = settings_.storage.database;
  if (is_there(database)) {
    GATEHOUSE_CHECK(connect());
    GATEHOUSE_TRY(applied, database_->status());
  }
  return runtime_->migration_steps(database.engine, applied);
}

Result<std::int64_t> Deployment::finish_restore(const RestoreMarks& marks) {
  return runtime_->finish_restore(*database_, marks);
}

Result<None> Deployment::forget_key(std::string_view id) {
  for (const auto phase : {&Deployment::load, &Deployment::wire, &Deployment::open_database}) {
    if (const Errors errors = (this->*phase)(); !errors.empty()) {
      return unavailable(std::string_view(errors.front()).substr(kErrorMark.size()));
    }
  }
  auto keys = read_master_file(settings_.master_file);
  if (!keys && keys.error().code == ErrorCode::NotFound) keys = std::vector<MasterKey>();
  if (!keys) return std::move(keys).error();
  auto forgotten = host::forget_key(id, *keys, database_->for_plugin(kOwnTables));
  if (!forgotten && forgotten.error().code == ErrorCode::NotFound) {
    forgotten.error().message = format("This database was never used with a key {}.", id);
  }
  return forgotten;
}

Errors Deployment::start() {
  for (const LoadedPlugin& loaded : plugins_) {
    log().info("plugin_loaded",
               "{} {} from {}",
               loaded.entry.name,
               loaded.file.version_text,
               loaded.file.path.string());
  }
  Errors errors = as_errors(runtime_->start());
  if (errors.empty() && operator_runtime_) errors = as_errors(operator_runtime_->start());
  if (!errors.empty()) return errors;
  Counter& dropped = metrics_.counter(
      "log_dropped_total", "Records of the log that are lost, since nobody read them.", {});
  logs_->write_behind([&dropped](std::size_t count) { dropped.add(static_cast<double>(count)); });
  return {};
}

void Deployment::begin_drain() {
  draining_ = true;
  runtime_->begin_drain();
  if (operator_runtime_) operator_runtime_->begin_drain();
}

std::vector<std::string> Deployment::running() const {
  std::vector<std::string> all = runtime_->running();
  if (operator_runtime_) {
    for (std::string& more : operator_runtime_->running()) all.push_back(std::move(more));
  }
  return all;
}

void Deployment::stop() {
  if (operator_runtime_) operator_runtime_->stop();
  if (runtime_) runtime_->stop();
  if (database_) database_->close();
}

Facilities Deployment::facilities(bool log_requests, HashingSlots* hashing_slots) {
  return {[this](std::string_view plugin) -> Log& {
            return logs_->of(plugin.empty() ? kHostName : plugin);
          },
          metrics_,
          clock_,
          random_,
          *passwords_,
          keys_,
          {*mail_, [this] { return public_url(); }, settings_.mail.reset_url},
          [this](std::string_view name, std::string_view text) { show_once(name, text); },
          log_requests,
          settings_.http.cors_origins,
          GATEHOUSE_VERSION,
          settings_.http.public_url,
          hashing_slots};
}

void Deployment::show_once(std::string_view name, std::string_view text) {
  host::show_once(name, text, settings_.storage.folder, options_.developing, log());
}

std::string Deployment::public_url() const {
  const HttpSettings& http = settings_.http;
  return http.public_url.empty() ? url_of(http.address, http.port) : http.public_url;
}

HostView Deployment::view() {
  return {[this] { return runtime_->openapi(); },
          [this] { return metrics_.render(); },
          [this] { return !draining_ && database_->health().has_value(); },
          [this] { return ready_in_detail(); }};
}

std::string Deployment::ready_in_detail() {
  const auto database = database_->health();
  DetailedHealth health;
  health.parts.push_back(
      {"database", database.has_value(), database ? "" : database.error().message});
  health.parts.push_back({"server", !draining_, draining_ ? "drains" : ""});
  for (const LoadedPlugin& loaded : plugins_) {
    health.parts.push_back({"plugin " + loaded.entry.name, true, loaded.file.version_text});
  }
  health.ready = !draining_ && database.has_value();
  return encode_json(health);
}

}  // namespace gatehouse::host
