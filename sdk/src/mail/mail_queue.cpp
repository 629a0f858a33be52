// SPDX-License-Identifier: Apache-2.0
#include "mail/mail_queue.hpp"

#include <gatehouse/body/describe.hpp>

namespace gatehouse::mail {

BOOST_DESCRIBE_STRUCT(QueuedMail,
                      (),
                      (id, plugin, purpose, user_number, mount, data, queued_at, due_at, tries))

namespace {

// Walks gatehouse_mail_order. It writes also where an order waits already, so that the time of a
// request does not tell which of two it was.
constexpr Sql kRepeat =
    "update gatehouse_mail set queued_at = :now"
    " where user_number = :user_number and purpose = :purpose and plugin = :plugin"
    " and mount = :mount and data = :data and claim is null";
constexpr Sql kInsert =
    "insert into gatehouse_mail"
    " (plugin, purpose, user_number, mount, data, queued_at, due_at, tries)"
    " values (:plugin, :purpose, :user_number, :mount, :data, :queued_at, :due_at, 0)";
// Walks gatehouse_mail_due.
constexpr Sql kSelectDue =
    "select id, plugin, purpose, user_number, mount, data, queued_at, due_at, tries"
    " from gatehouse_mail where due_at <= :now order by due_at, id limit 20";
constexpr Sql kClaim =
    "update gatehouse_mail set claim = :claim, due_at = :lease_end, tries = tries + 1"
    " where id = :id and due_at = :seen_due_at";
constexpr Sql kHolds = "select count(*) from gatehouse_mail where id = :id and claim = :claim";
constexpr Sql kDelete = "delete from gatehouse_mail where id = :id and claim = :claim";
constexpr Sql kPostpone =
    "update gatehouse_mail set claim = null, due_at = :due_at where id = :id and claim = :claim";
constexpr Sql kDeleteAll = "delete from gatehouse_mail";
constexpr Sql kCount = "select count(*) from gatehouse_mail";

}  // namespace

Result<None> insert(Session& db, std::string_view plugin, const MailOrder& order, Time now) {
  GATEHOUSE_TRY(const auto waiting,
                db.run(kRepeat, now, order.user, order.purpose, plugin, order.mount, order.data));
  if (waiting != 0) return None{};
  GATEHOUSE_CHECK(
      db.run(kInsert, plugin, order.purpose, order.user, order.mount, order.data, now, now));
  return None{};
}

Result<std::vector<QueuedMail>> list_due(Session& db, Time now) {
  return db.list<QueuedMail>(kSelectDue, now);
}

Result<bool> claim(Session& db, const QueuedMail& mail, std::string_view claim, Time lease_end) {
  GATEHOUSE_TRY(const auto changed, db.run(kClaim, claim, lease_end, mail.id, mail.due_at));
  return changed == 1;
}

Result<bool> holds(Session& db, const QueuedMail& mail, std::string_view claim) {
  GATEHOUSE_TRY(const auto found, db.get<std::int64_t>(kHolds, mail.id, claim));
  return found == 1;
}

Result<None> remove(Session& db, const QueuedMail& mail, std::string_view claim) {
  GATEHOUSE_CHECK(db.run(kDelete, mail.id, claim));
  return None{};
}

Result<None> postpone(Session& db, const QueuedMail& mail, std::string_view claim, Time due_at) {
  GATEHOUSE_CHECK(db.run(kPostpone, due_at, mail.id, claim));
  return None{};
}

Result<None> remove_all(Session& db) {
  GATEHOUSE_CHECK(db.run(kDeleteAll));
  return None{};
}

Result<std::int64_t> count(Session& db) {
  return db.get<std::int64_t>(kCount);
}

}  // namespace gatehouse::mail
