// Where a plugin keeps its data: typed statements on the host's database, inside callbacks that the
// SDK runs with a session, a transaction, retries and a deadline.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gatehouse/audit.hpp>
#include <gatehouse/body/describe.hpp>
#include <gatehouse/export.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/storage/parameter.hpp>
#include <gatehouse/storage/sql.hpp>

namespace gatehouse {

// One thread's use of the database inside Db::read() or Db::write(); never kept beyond the
// callback.
//
// Arguments are bound, in order, to the `:names` of the statement; each name stands once. They are
// bool, integers, double, text, Time, enums, and std::optional of these. Text that is not UTF-8 or
// holds NUL is InvalidArgument. A row type is a described struct whose fields have, in order, the
// names of the selected columns, or one of those scalars.
//
// Errors as values: Conflict (unique) and InvalidArgument (foreign key, check, not null), which can
// be shown to a client as they are; Error::constraint has the constraint or the columns, as the
// engine names them. In write() an error rolls the transaction back when the callback returns it,
// so return it. A database that is away or a wrong statement is thrown past the callback.
class Session {
 public:
  // The only row; NotFound when there is none.
  template <class T, class... P>
  Result<T> get(const Sql& sql, const P&... parameters) {
    Result<T> row(std::in_place);
    bool found = false;
    auto outcome = query(sql, {Parameter(parameters)...}, type_of<T>(), 1, [&]() -> void* {
      found = true;
      return &*row;
    });
    if (!outcome) {
      row = std::move(outcome).error();
    } else if (!found) {
      row = not_found();
    }
    return row;  // the only one, so that a row is never moved here
  }

  // The first row, or nothing.
  template <class T, class... P>
  Result<std::optional<T>> find(const Sql& sql, const P&... parameters) {
    Result<std::optional<T>> found(std::in_place);
    auto outcome = query(sql, {Parameter(parameters)...}, type_of<T>(), 1, [&found]() -> void* {
      return &found->emplace();
    });
    if (!outcome) found = std::move(outcome).error();
    return found;
  }

  // All rows, up to `kMaxRows` (more: std::length_error; use each()).
  template <class T, class... P>
  Result<std::vector<T>> list(const Sql& sql, const P&... parameters) {
    std::vector<T> rows;
    GATEHOUSE_CHECK(
        query(sql, {Parameter(parameters)...}, type_of<T>(), kMaxRows, [&rows]() -> void* {
          return &rows.emplace_back();
        }));
    return rows;
  }

  // Calls `visit(T&)` for each row, however many: one T is in memory at a time. The session must
  // not be used in it, and an error may come after some rows. On PostgreSQL all rows have come, as
  // text, before the first visit: walk in pages where that may be much.
  template <class T, class F, class... P>
  Result<None> each(const Sql& sql, F&& visit, const P&... parameters) {
    std::optional<T> row;
    GATEHOUSE_CHECK(query(sql, {Parameter(parameters)...}, type_of<T>(), kAllRows, [&]() -> void* {
      if (row) visit(*row);  // has been filled since the last call
      return &row.emplace();
    }));
    if (row) visit(*row);
    return None{};
  }

  // A statement without rows; how many rows it changed.
  template <class... P>
  Result<std::int64_t> run(const Sql& sql, const P&... parameters) {
    return execute(sql, {Parameter(parameters)...});
  }

  // Inside write(): the event becomes part of the transaction (nothing without the audit plugin).
  GATEHOUSE_API void audit(const AuditEvent& event);

  GATEHOUSE_API Engine engine() const;

  static constexpr std::size_t kMaxRows = 10'000;

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

 private:
  static constexpr std::size_t kAllRows = static_cast<std::size_t>(-1);
  friend class SessionAccess;
  class State;
  explicit Session(State& state) : state_(state) {}

  template <class F>
  Result<None> query(const Sql& sql,
                     std::initializer_list<Parameter> parameters,
                     const Type& row,
                     std::size_t max_rows,
                     F next) {
    return fetch(
        sql,
        {parameters.begin(), parameters.size()},
        row,
        max_rows,
        [](void* context) { return (*static_cast<F*>(context))(); },
        &next);
  }
  Result<std::int64_t> execute(const Sql& sql, std::initializer_list<Parameter> parameters) {
    return change(sql, {parameters.begin(), parameters.size()});
  }
  // `next` makes a new row and returns where it stands.
  GATEHOUSE_API Result<None> fetch(const Sql& sql,
                                   std::span<const Parameter> parameters,
                                   const Type& row,
                                   std::size_t max_rows,
                                   void* (*next)(void* context),
                                   void* context);
  GATEHOUSE_API Result<std::int64_t> change(const Sql& sql, std::span<const Parameter> parameters);

  State& state_;
};

// A plugin's door to the database. Threads: any. Blocking: yes (the pool's wait, time limits, and
// on SQLite whoever shares the COMMIT: 50 ms of statements); never on an inline route.
class Db {
 public:
  // Runs `work(Session&)`, which returns a Result, on a session that only reads. Each statement
  // sees what is committed when it begins; what must fit together is one statement. Unavailable
  // when the database is away.
  template <class F>
  auto read(F&& work) -> std::invoke_result_t<F&, Session&> {
    return run_as<Mode::Read>(work);
  }

  // Runs `work(Session&)` in one transaction: committed when it returns a value, rolled back when
  // it returns an error or throws. What it reads is still so at its commit, on either engine. It
  // may run several times (collisions, a connection that was lost), within one time limit, so it
  // must have no effect outside the session but on what it assigns anew. One write() may commit per
  // request; a second one is logged as an error and answered 500. Unavailable when the database is
  // away. On a POST with an Idempotency-Key the COMMIT waits for the handler's answer: what other
  // threads are to see (a posted job) is not there yet when write() returns, and when it fails for
  // others' sake the whole handler runs again. Slow work belongs before write(): 250 ms after it,
  // whoever waits to write rolls the held transaction back, and the request is answered 503.
  template <class F>
  auto write(F&& work) -> std::invoke_result_t<F&, Session&> {
    return run_as<Mode::Write>(work);
  }

 protected:
  enum class Mode : std::uint8_t { Read, Write };
  ~Db() = default;

  // Calls `work(context, session)`, true: commit. An Error when the database is away.
  virtual Result<None> run(Mode mode, bool (*work)(void* context, Session&), void* context) = 0;

 private:
  template <Mode kMode, class F>
  auto run_as(F& work) -> std::invoke_result_t<F&, Session&> {
    using R = std::invoke_result_t<F&, Session&>;
    R result = Error{};
    struct Frame {
      F& work;
      R& result;
    } frame{work, result};
    auto outcome = run(
        kMode,
        [](void* context, Session& session) {
          auto& self = *static_cast<Frame*>(context);
          self.result = self.work(session);
          return self.result.has_value();
        },
        &frame);
    if (!outcome) result = std::move(outcome).error();
    return result;
  }
};

}  // namespace gatehouse
