// SPDX-License-Identifier: Apache-2.0
#include "postgresql/conninfo.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gatehouse/text.hpp>

#include "storage/db_error.hpp"

namespace gatehouse::storage {
namespace {

// key="value": SOCI takes the double quotes off, libpq the backslashes.
void add(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += ' ';
  out += key;
  out += "=\"";
  for (const char c : value) {
    if (c == '"' || static_cast<unsigned char>(c) < ' ') {
      throw DbError(DbErrorKind::Internal,
                    format("storage.postgresql: {} holds a quote or a control character", key));
    }
    if (c == ' ' || c == '\\' || c == '\'') out += '\\';
    out += c;
  }
  out += '"';
}

bool is_local(const std::string& host) {
  in_addr address{};
  const bool is_loopback =
      ::inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24U == 127;
  return host.starts_with('/') || is_loopback || host == "::1" || host == "localhost";
}

std::string joined(const std::vector<std::string>& hosts) {
  std::string all;
  for (const std::string& host : hosts) all += (all.empty() ? "" : ",") + host;
  return all;
}

}  // namespace

PasswordFile::PasswordFile(const std::string& password) {
  std::string line = password.empty() ? "" : "*:*:*:*:";
  for (const char c : password) {
    if (c == ':' || c == '\\') line += '\\';
    line += c;
  }
  if (!line.empty()) line += '\n';
  descriptor_ = ::memfd_create("gatehouse-passfile", MFD_CLOEXEC);
  if (descriptor_ < 0 || ::fchmod(descriptor_, S_IRUSR | S_IWUSR) != 0 ||
      ::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw DbError(DbErrorKind::Unavailable, "storage.postgresql: no memory for the password");
  }
}

PasswordFile::~PasswordFile() {
  ::close(descriptor_);
}

std::string PasswordFile::path() const {
  return format("/proc/self/fd/{}", descriptor_);
}

std::string conninfo(const PostgresqlOptions& options,
                     const PostgresqlRole& role,
                     const PasswordFile& password) {
  const bool all_local = std::all_of(options.hosts.begin(), options.hosts.end(), &is_local);
  std::string out;
  add(out, "host", joined(options.hosts));
  add(out, "port", std::to_string(options.port));
  add(out, "dbname", options.dbname);
  add(out, "user", role.user);
  add(out, "passfile", password.path());
  add(out,
      "sslmode",
      !options.sslmode.empty() ? std::string_view(options.sslmode)
                               : std::string_view(all_local ? "prefer" : "verify-full"));
  if (!options.sslrootcert.empty()) add(out, "sslrootcert", options.sslrootcert);
  add(out, "target_session_attrs", options.target_session_attrs);
  add(out, "connect_timeout", std::to_string(options.connect_timeout.count()));
  add(out, "application_name", "gatehouse");
  add(out, "client_encoding", "UTF8");
  // A peer that has gone without a word is noticed in 30 s also while nothing is sent.
  add(out, "keepalives_idle", "10");
  add(out, "keepalives_interval", "5");
  add(out, "keepalives_count", "4");
  return out;
}

}  // namespace gatehouse::storage
