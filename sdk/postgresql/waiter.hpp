// LISTEN. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>

#include "postgresql/connection.hpp"
#include "storage/notification_waiter.hpp"

namespace gatehouse::storage {

class PostgresqlWaiter final : public NotificationWaiter {
 public:
  // Takes a connection and listens. Throws DbError.
  PostgresqlWaiter(std::unique_ptr<PostgresqlConnection> connection, const char* channel);
  ~PostgresqlWaiter() override;

  Outcome wait(std::chrono::milliseconds timeout) override;
  void interrupt() noexcept override;

 private:
  const std::unique_ptr<PostgresqlConnection> connection_;
  const int interrupted_;  // an eventfd
};

}  // namespace gatehouse::storage
