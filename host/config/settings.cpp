// SPDX-License-Identifier: Apache-2.0
#include "host/config/settings.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include <gatehouse/config.hpp>
#include <gatehouse/text.hpp>

#include "host/config/network.hpp"

namespace gatehouse::host {
namespace {

using std::chrono::seconds;

std::size_t read_count(Config& config,
                       std::string_view key,
                       std::int64_t minimum,
                       std::int64_t maximum,
                       std::size_t fallback) {
  return static_cast<std::size_t>(
      config.integer(key, minimum, maximum, static_cast<std::int64_t>(fallback)));
}

std::size_t cores() {
  return std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

void read_http(Config config, HttpSettings& http) {
  http.address = config.text("address", http.address);
  if (!is_address(http.address)) {
    config.fail("address", "is no IPv4 or IPv6 address, such as 127.0.0.1 or ::");
  }
  http.port = static_cast<std::uint16_t>(config.integer("port", 0, 65'535, http.port));
  http.public_url = config.text("public_url", http.public_url);
  if (!http.public_url.empty() && !is_base_url(http.public_url)) {
    config.fail("public_url", "is no URL such as https://id.example.com (no slash at the end)");
  }
  http.trusted_proxies = config.list("trusted_proxies", {});
  for (const std::string& network : http.trusted_proxies) {
    if (!is_network(network)) {
      config.fail("trusted_proxies", format("'{}' is no address or network (10.0.0.0/8)", network));
    }
  }
  Config cors = config.section("cors");
  http.cors_origins = cors.list("origins", {});
  for (const std::string& origin : http.cors_origins) {
    if (!is_origin(origin)) {
      cors.fail("origins", format("'{}' is no exact origin (https://app.example.com)", origin));
    }
  }

  Config threads = config.section("threads");
  http.io_threads = read_count(threads, "io", 1, 16, http.io_threads);
  http.workers = read_count(threads, "workers", 0, 1'024, 0);
  if (http.workers == 0) http.workers = std::max<std::size_t>(4, 2 * cores());
  http.hashing_slots = read_count(threads, "hashing", 0, 256, 0);
  if (http.hashing_slots == 0) http.hashing_slots = cores();

  Config limits = config.section("limits");
  http.connections = read_count(limits, "connections", 1, 1'000'000, http.connections);
  http.connections_per_address =
      read_count(limits, "connections_per_address", 1, 1'000'000, http.connections_per_address);
  http.header_bytes = read_count(limits, "header_bytes", 1'024, 1'048'576, http.header_bytes);
  http.buffered_bytes =
      read_count(limits, "buffered_bytes", 1'048'576, std::int64_t{1} << 40, http.buffered_bytes);
  http.queue = read_count(limits, "queue", 1, 1'000'000, http.queue);
  http.hashing_queue = read_count(limits, "hashing_queue", 1, 100'000, http.hashing_queue);

  Config timeouts = config.section("timeouts");
  const auto timeout = [&](std::string_view key, seconds& value) {
    value = timeouts.duration(key, seconds(1), seconds(3'600), value);
  };
  timeout("header", http.header_timeout);
  timeout("body", http.body_timeout);
  timeout("write", http.write_timeout);
  timeout("idle", http.idle_timeout);
  timeout("drain", http.drain_timeout);
}

void read_observability(Config config, ObservabilitySettings& observability) {
  const std::string address = config.text("address", "");
  if (!address.empty()) {
    if (const auto endpoint = parse_endpoint(address)) {
      observability.address = endpoint->address;
      observability.port = endpoint->port;
    } else {
      config.fail("address", "is no address and port, such as 127.0.0.1:9100 or [::1]:9100");
    }
  }
  const std::string level =
      config.choice("log_level", {"debug", "info", "warning", "error"}, "info");
  observability.log_level = level == "debug"     ? LogLevel::Debug
                            : level == "warning" ? LogLevel::Warning
                            : level == "error"   ? LogLevel::Error
                                                 : LogLevel::Info;
  const std::string format = config.choice("log_format", {"auto", "text", "json"}, "auto");
  observability.log_format = format == "text"   ? LogFormat::Text
                             : format == "json" ? LogFormat::Json
                                                : LogFormat::Automatic;
  observability.log_requests = config.flag("log_requests", observability.log_requests);
}

void read_passwords(Config config, PasswordCost& cost) {
  const auto number = [&](std::string_view key, std::int64_t maximum, std::uint32_t fallback) {
    return static_cast<std::uint32_t>(config.integer(key, 1, maximum, fallback));
  };
  const PasswordCost read{number("memory_kib", 1'048'576, cost.memory_kib),
                          number("passes", 100, cost.passes)};
  if (is_strong_enough(read)) {
    cost = read;
  } else {
    config.fail("memory_kib",
                format("{} with {} passes is too weak: at least 47104 with one pass, 19456 with "
                       "two, 12288 with three or more",
                       read.memory_kib,
                       read.passes));
  }
}

// What is in the server's own folder unless a path says otherwise.
std::filesystem::path own_path(Config& config,
                               std::string_view key,
                               std::string_view usual_name,
                               const std::filesystem::path& folder,
                               const StorageSettings& storage) {
  const std::string path = config.text(key, "");
  return path.empty() ? storage.folder / usual_name : (folder / path).lexically_normal();
}

// "smtp://mail.example.com:587": the host, or nothing when it is no such URL.
std::optional<std::string> smtp_host(std::string_view url) {
  const std::string_view rest = url.substr(std::min(url.size(), url.find("://") + 3));
  if (!url.starts_with("smtp://") && !url.starts_with("smtps://")) return std::nullopt;
  if (!is_origin(format("http://{}", rest))) return std::nullopt;
  std::string host(rest.substr(0, rest.starts_with('[') ? rest.find(']') + 1 : rest.find(':')));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return host;
}

void read_smtp(Config& config, const std::filesystem::path& folder, SmtpSettings& smtp) {
  smtp.url = config.text("url", "");
  const auto host = smtp_host(smtp.url);
  if (!smtp.url.empty() && !host) {
    config.fail("url", "is no smtp://HOST:PORT or smtps://HOST:PORT");
  }
  const bool is_local = host && (*host == "localhost" || is_loopback(*host));
  smtp.user = config.text("user", "");
  if (const std::string file = config.text("password_file", ""); !file.empty()) {
    smtp.password_file = (folder / file).lexically_normal();
  }
  if (smtp.user.empty() != smtp.password_file.empty()) {
    config.fail("password_file", "and user go together: set both or neither");
  }
  const std::string starttls =
      config.choice("starttls", {"auto", "required", "if_offered", "never"}, "auto");
  // On this machine nobody listens, and certificates for it are rarely real ones.
  smtp.starttls = starttls == "never" || (starttls == "auto" && is_local) ? StartTls::Never
                  : starttls == "if_offered"                              ? StartTls::IfOffered
                                                                          : StartTls::Required;
  if (!smtp.user.empty() && smtp.starttls != StartTls::Required && !is_local &&
      !smtp.url.starts_with("smtps://")) {
    config.fail("starttls", "would show the password to whoever listens: leave it at auto");
  }
  smtp.connect_timeout =
      config.duration("connect_timeout", seconds(1), seconds(50), smtp.connect_timeout);
  smtp.timeout = config.duration("timeout", seconds(1), seconds(50), smtp.timeout);
}

void read_mail(Config config,
               const std::filesystem::path& folder,
               const StorageSettings& storage,
               const HttpSettings& http,
               MailSettings& mail) {
  mail.outbox = own_path(config, "outbox", "outbox", folder, storage);
  mail.from = config.text("from", mail.from);
  if (!is_mail_address(mail.from)) {
    config.fail("from", "is no plain mail address, such as gatehouse@example.com");
  }
  Config smtp = config.section("smtp");
  read_smtp(smtp, folder, mail.smtp);
  if (!mail.smtp.url.empty() && http.public_url.empty() && !is_loopback(http.address)) {
    smtp.fail(
        "url",
        "sends mail with links, which are made from http.public_url: set that to the URL that "
        "clients reach the server by");
  }
  mail.reset_url = config.text("reset_url", "");
  if (!mail.reset_url.empty() && !is_link_start(mail.reset_url)) {
    config.fail("reset_url",
                "is no URL to put a code behind, such as https://app.example.com/reset?code=");
  }
}

bool is_plugin_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::vector<PluginSettings> read_plugins(Config config,
                                         const ConfigNode* node,
                                         const std::filesystem::path& folder) {
  std::vector<PluginSettings> plugins;
  for (const std::string& name : config.keys()) {
    const ConfigNode& entry = *node->find(name);
    PluginSettings plugin;
    plugin.name = name;
    plugin.origin = entry.origin;
    if (!is_plugin_name(name)) {
      config.fail(name, "is no plugin's name: lower-case letters, digits and underscores");
      continue;
    }
    Config section = config.section(name);
    plugin.enabled = section.flag("enabled", true);
    if (const std::string path = section.text("path", ""); !path.empty()) {
      plugin.path = (folder / path).lexically_normal();
    }
    if (section.contains("config")) plugin.config = *entry.find("config");
    if (section.contains("mount")) plugin.mount = *entry.find("mount");
    plugins.push_back(std::move(plugin));
  }
  return plugins;
}

}  // namespace

SettingsReading read_settings(const Configuration& configuration) {
  SettingsReading reading;
  Settings& settings = reading.settings;
  reading.mistakes = configuration.mistakes;
  Config root = ConfigAccess::open(&configuration.root, "", configuration.name, reading.mistakes);
  read_http(root.section("http"), settings.http);
  read_observability(root.section("observability"), settings.observability);
  settings.storage = read_storage(root.section("storage"), configuration.folder);
  read_passwords(root.section("passwords"), settings.passwords);
  Config keys = root.section("keys");
  settings.master_file =
      own_path(keys, "master_file", "master.key", configuration.folder, settings.storage);
  read_mail(
      root.section("mail"), configuration.folder, settings.storage, settings.http, settings.mail);
  reading.known_keys = ConfigAccess::known_keys(root);

  if (root.contains("policy")) settings.policy = *configuration.root.find("policy");
  settings.plugins = read_plugins(
      root.section("plugins"), configuration.root.find("plugins"), configuration.folder);
  ConfigAccess::finish(root);
  return reading;
}

}  // namespace gatehouse::host
