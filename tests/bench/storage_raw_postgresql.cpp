// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <stdexcept>
#include <string_view>

#include <libpq-fe.h>

#include <gatehouse/text.hpp>

#include "tests/bench/storage_raw.hpp"

namespace gatehouse::bench {
namespace {

constexpr char kSelectOne[] = "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id = $1";
constexpr char kSelectPage[] =
    "select " GATEHOUSE_BENCH_COLUMNS " from bench_user where id > $1 order by id limit 1000";
constexpr char kUpdate[] = "update bench_user set version = version + 1 where id = $1";
constexpr char kInsert[] = "insert into bench_event (owner, text) values ($1, $2)";

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, FreeResult>;

class RawPostgresql final : public Raw {
 public:
  explicit RawPostgresql(const PostgresqlOptions& options)
      : conn_(PQconnectdb(format("host={} port={} dbname={} user={}",
                                 options.hosts.front(),
                                 options.port,
                                 options.dbname,
                                 options.role.user)
                              .c_str())) {
    if (PQstatus(conn_) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(conn_));
    prepare("one", kSelectOne, 1);
    prepare("page", kSelectPage, 1);
    prepare("update", kUpdate, 1);
    prepare("insert", kInsert, 2);
  }
  ~RawPostgresql() override { PQfinish(conn_); }

  std::optional<User> read_one(std::int64_t id) override {
    const ResultPointer rows = execute("one", {std::to_string(id)});
    std::optional<User> user;
    if (PQntuples(rows.get()) == 1) fill(rows.get(), 0, user.emplace());
    return user;
  }
  std::vector<User> read_page(std::int64_t after) override {
    const ResultPointer rows = execute("page", {std::to_string(after)});
    std::vector<User> users;
    for (int row = 0; row < PQntuples(rows.get()); ++row) {
      fill(rows.get(), row, users.emplace_back());
    }
    return users;
  }
  void write(std::int64_t id, const std::string& text) override {
    run("begin isolation level serializable");
    execute("update", {std::to_string(id)});
    execute("insert", {std::to_string(id), text});
    run("commit");
  }

 private:
  ResultPointer checked(PGresult* result) {
    ResultPointer owned(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return owned;
    throw std::runtime_error(PQerrorMessage(conn_));
  }
  void run(const char* sql) { checked(PQexec(conn_, sql)); }
  void prepare(const char* name, const char* sql, int parameters) {
    checked(PQprepare(conn_, name, sql, parameters, nullptr));
  }
  ResultPointer execute(const char* name, std::initializer_list<std::string> parameters) {
    std::array<const char*, 2> values{};
    std::transform(
        parameters.begin(), parameters.end(), values.begin(), [](const std::string& one) {
          return one.c_str();
        });
    return checked(PQexecPrepared(
        conn_, name, static_cast<int>(parameters.size()), values.data(), nullptr, nullptr, 0));
  }

  static std::string text(const PGresult* rows, int row, int column) {
    return {PQgetvalue(rows, row, column),
            static_cast<std::size_t>(PQgetlength(rows, row, column))};
  }
  template <class T = std::int64_t>
  static T number(const PGresult* rows, int row, int column) {
    const char* const begin = PQgetvalue(rows, row, column);
    const char* const end = begin + PQgetlength(rows, row, column);
    T value{};
    if (std::from_chars(begin, end, value).ptr != end) throw std::runtime_error("no number");
    return value;
  }
  static bool truth(const PGresult* rows, int row, int column) {
    return *PQgetvalue(rows, row, column) == 't';
  }
  static Time time(const PGresult* rows, int row, int column) {
    return Time(std::chrono::microseconds(number(rows, row, column)));
  }
  static void fill(const PGresult* rows, int row, User& user) {
    const auto null = [&](int column) { return PQgetisnull(rows, row, column) != 0; };
    user.id = number(rows, row, 0);
    user.uuid = text(rows, row, 1);
    user.username = text(rows, row, 2);
    user.username_key = text(rows, row, 3);
    user.email = text(rows, row, 4);
    user.email_key = text(rows, row, 5);
    if (!null(6)) user.full_name = text(rows, row, 6);
    if (!null(7)) user.phone = text(rows, row, 7);
    user.locale = text(rows, row, 8);
    user.timezone = text(rows, row, 9);
    user.active = truth(rows, row, 10);
    user.verified = truth(rows, row, 11);
    user.account = number(rows, row, 12);
    if (!null(13)) user.manager = number(rows, row, 13);
    user.version = number(rows, row, 14);
    user.score = number<double>(rows, row, 15);
    user.created_at = time(rows, row, 16);
    user.changed_at = time(rows, row, 17);
    if (!null(18)) user.login_at = time(rows, row, 18);
    if (!null(19)) user.note = text(rows, row, 19);
  }

  PGconn* conn_;
};

}  // namespace

std::unique_ptr<Raw> raw_postgresql(const PostgresqlOptions& options) {
  return std::make_unique<RawPostgresql>(options);
}

}  // namespace gatehouse::bench
