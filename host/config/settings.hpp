// What the host itself is told by its configuration. Each key is explained in
// config/gatehouse.yaml, and a test holds the two together. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gatehouse/log.hpp>
#include <gatehouse/runtime/config_node.hpp>
#include <gatehouse/runtime/passwords.hpp>

#include "host/config/configuration.hpp"
#include "host/config/storage_settings.hpp"

namespace gatehouse::host {

struct HttpSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;                 // 0: any free one
  std::string public_url;                    // without a slash at its end; empty: none
  std::vector<std::string> trusted_proxies;  // addresses or networks, "10.0.0.0/8"
  std::vector<std::string> cors_origins;

  std::size_t io_threads = 1;
  std::size_t workers = 0;        // never 0 once read
  std::size_t hashing_slots = 0;  // never 0 once read

  std::size_t connections = 10'000;
  std::size_t connections_per_address = 1'000;
  std::size_t header_bytes = 16'384;
  std::size_t buffered_bytes = 268'435'456;
  std::size_t queue = 1'000;
  std::size_t hashing_queue = 100;

  std::chrono::seconds header_timeout{10};
  std::chrono::seconds body_timeout{30};
  std::chrono::seconds write_timeout{30};
  std::chrono::seconds idle_timeout{60};
  std::chrono::seconds drain_timeout{20};

  friend bool operator==(const HttpSettings&, const HttpSettings&) = default;
};

enum class LogFormat : std::uint8_t { Automatic, Text, Json };

struct ObservabilitySettings {
  std::string address;     // empty: /metrics stands on the main port, if it is private
  std::uint16_t port = 0;  // of `address`
  LogLevel log_level = LogLevel::Info;
  LogFormat log_format = LogFormat::Automatic;
  bool log_requests = true;
  friend bool operator==(const ObservabilitySettings&, const ObservabilitySettings&) = default;
};

enum class StartTls : std::uint8_t { Never, IfOffered, Required };

struct SmtpSettings {
  std::string url;   // smtp://host:port or smtps://host:port; empty: mail goes to the outbox
  std::string user;  // empty: no sign-in
  std::filesystem::path password_file;  // absolute
  StartTls starttls = StartTls::Required;
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds timeout{30};  // for a whole letter
  friend bool operator==(const SmtpSettings&, const SmtpSettings&) = default;
};

struct MailSettings {
  std::filesystem::path outbox;              // absolute
  std::string from = "gatehouse@localhost";  // a plain address
  SmtpSettings smtp;
  std::string reset_url;  // the code is put at its end; empty: made from the public URL
  friend bool operator==(const MailSettings&, const MailSettings&) = default;
};

struct PluginSettings {
  std::string name;
  bool enabled = true;
  std::filesystem::path path;  // absolute; empty: NAME's library in the host's plugin folder
  ConfigNode config;           // Null when absent; the plugin reads it
  ConfigNode mount;            // likewise
  std::string origin;          // where the plugin stands in the configuration
};

struct Settings {
  HttpSettings http;
  ObservabilitySettings observability;
  StorageSettings storage;
  PasswordCost passwords;
  std::filesystem::path master_file;  // absolute
  MailSettings mail;
  ConfigNode policy;  // Null when absent; read when the plugins have declared their permissions
  std::vector<PluginSettings> plugins;  // in the order of the configuration
};

struct SettingsReading {
  Settings settings;
  std::vector<std::string> mistakes;    // those of the configuration first
  std::vector<std::string> known_keys;  // every key the host reads, without policy's and plugins'
};

// Reads and judges everything but `policy` and each plugin's `config`. With mistakes the settings
// hold defaults in their places. Threads: any. Blocking: no.
SettingsReading read_settings(const Configuration& configuration);

}  // namespace gatehouse::host
