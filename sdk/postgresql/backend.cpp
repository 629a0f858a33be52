// libgatehouse-postgresql: the only code that knows libpq. The SDK library opens it when
// storage.engine is postgresql. SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stdlib.h>
#include <unistd.h>

#include <gatehouse/export.hpp>
#include <gatehouse/text.hpp>

#include "postgresql/connection.hpp"
#include "postgresql/conninfo.hpp"
#include "postgresql/waiter.hpp"
#include "storage/postgresql_module.hpp"

namespace gatehouse::storage {
namespace {

class PostgresqlBackend final : public Backend {
 public:
  explicit PostgresqlBackend(const PostgresqlTerms& terms)
      : options_(terms.options),
        time_limit_(terms.time_limit),
        statement_cache_(terms.statement_cache),
        log_(terms.log) {}

  Engine engine() const override { return Engine::PostgreSql; }
  bool is_remote() const override { return true; }
  std::size_t connections(Access) const override { return options_.connections; }

  std::string place() const override {
    std::string hosts;
    for (const std::string& host : options_.hosts) hosts += (hosts.empty() ? "" : ", ") + host;
    return format("storage.postgresql: the database {} at {}, port {},",
                  options_.dbname,
                  hosts,
                  options_.port);
  }

  std::unique_ptr<Connection> connect(Access) override {
    auto connection = connect_as(options_.role);
    if (connection->is_pooled() && !told_.exchange(true)) {
      log_.warning("storage_pooler",
                   "a pooler stands between the database and this server: statements are {}, and "
                   "time limits of the server are those of its role",
                   connection->prepares()
                       ? "prepared all the same, since storage.postgresql.prepared"
                         " says so"
                       : "not prepared, which costs about half of their speed");
    }
    return connection;
  }

  std::unique_ptr<Connection> connect_as_owner() override {
    return connect_as(options_.owner ? *options_.owner : options_.role);
  }

  // A pooler lets no notifications through, or those of others.
  std::unique_ptr<NotificationWaiter> make_waiter(const char* channel) override {
    auto connection = connect_as(options_.role);
    if (connection->is_pooled()) return nullptr;
    return std::make_unique<PostgresqlWaiter>(std::move(connection), channel);
  }

  void shut_down(Connection&) override {}

 private:
  std::unique_ptr<PostgresqlConnection> connect_as(const PostgresqlRole& role) {
    const PasswordFile password(role.password);
    return std::make_unique<PostgresqlConnection>(PostgresqlSetUp{
        conninfo(options_, role, password), options_.prepared, time_limit_, statement_cache_});
  }

  const PostgresqlOptions options_;
  const std::chrono::milliseconds time_limit_;
  const std::size_t statement_cache_;
  Log& log_;
  std::atomic<bool> told_ = false;
};

// libpq takes from PGPASSWORD, PGOPTIONS, PGSERVICE and thirty more what it is not told, and some
// of it although it is. Where to connect, and as whom, is the configuration's to say.
void forget_environment() {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (text.starts_with("PG")) names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names) ::unsetenv(name.c_str());
}

}  // namespace
}  // namespace gatehouse::storage

extern "C" {

GATEHOUSE_API extern const char gatehouse_postgresql_version[];
const char gatehouse_postgresql_version[] = GATEHOUSE_VERSION;

GATEHOUSE_API gatehouse::storage::Backend* gatehouse_postgresql_make(
    const gatehouse::storage::PostgresqlTerms& terms) {
  gatehouse::storage::forget_environment();
  return new gatehouse::storage::PostgresqlBackend(terms);
}
}
