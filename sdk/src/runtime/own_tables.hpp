// The tables of the SDK itself; plugins' tables stand on none of them.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/storage/sql.hpp>

namespace gatehouse::runtime {

// Whose they are in gatehouse_migration, and the beginning of their names. The host runs its own
// routes as a plugin of this name, which has no tables.
inline constexpr std::string_view kOwner = "gatehouse";

inline Migrations own_tables() {
  return {
      {"0001",
       "mail",
       {// The claim names the sender that has the order; it holds until due_at.
        "create table gatehouse_mail ("
        " id integer primary key autoincrement, plugin text not null, purpose text not null,"
        " user_number bigint not null, mount text not null, data text not null,"
        " queued_at bigint not null, due_at bigint not null, tries bigint not null, claim text);"
        "create index gatehouse_mail_due on gatehouse_mail (due_at, id);"
        "create index gatehouse_mail_order on gatehouse_mail (user_number, purpose);",
        "create table gatehouse_mail ("
        " id bigint generated always as identity primary key, plugin text not null,"
        " purpose text not null, user_number bigint not null, mount text not null,"
        " data text not null, queued_at bigint not null, due_at bigint not null,"
        " tries bigint not null, claim text);"
        "create index gatehouse_mail_due on gatehouse_mail (due_at, id);"
        "create index gatehouse_mail_order on gatehouse_mail (user_number, purpose);"}},
      // Which master keys this database has been used with, so that a lost file is noticed.
      {"0002",
       "keys",
       "create table gatehouse_key ("
       " id text primary key, created_at bigint not null, check_value text not null)"},
      {"0003",
       "idempotency",
       {"create table gatehouse_idempotency_record (id text primary key, fingerprint text not null,"
        " rights text not null,"
        " status integer not null, content_type text not null, body text, secret boolean not null,"
        " location text, etag text, expires_at bigint not null) without rowid;"
        "create index gatehouse_idempotency_record_expiry on gatehouse_idempotency_record"
        " (expires_at)",
        "create table gatehouse_idempotency_record (id text primary key, fingerprint text not null,"
        " rights text not null,"
        " status bigint not null, content_type text not null, body text, secret boolean not null,"
        " location text, etag text, expires_at bigint not null);"
        "create index gatehouse_idempotency_record_expiry on gatehouse_idempotency_record"
        " (expires_at)"}},
      {"0004",
       "deployment",
       "create table gatehouse_deployment (id bigint primary key check (id = 1),"
       " epoch bigint not null);"
       "insert into gatehouse_deployment (id, epoch) values (1, 1)"},
      // holder has the run until lease_end, which is 0 when nobody does. Times are the database's.
      {"0005",
       "jobs",
       "create table gatehouse_job ("
       " plugin text not null, name text not null, due_at bigint not null, holder text not null,"
       " lease_end bigint not null, primary key (plugin, name))"},
      // xid is the transaction that wrote the row. Numbers are never used again, for they are how
      // far SQLite's listeners have read.
      {"0006",
       "events",
       {"create table gatehouse_event (id integer primary key autoincrement, topic text not null,"
        " key text not null, at bigint not null)",
        "create table gatehouse_event (id bigint generated always as identity primary key,"
        " topic text not null, key text not null,"
        " xid xid8 not null default pg_current_xact_id(), at bigint not null);"
        "create index gatehouse_event_xid on gatehouse_event (xid)"}},
  };
}

}  // namespace gatehouse::runtime
