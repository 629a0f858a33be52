// What a route's words promise of every request: Idempotency-Key, ETags and their preconditions.
// SPDX-License-Identifier: Apache-2.0
#include <stdexcept>

#include <gatehouse/body.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/runtime/request_scope.hpp>

#include "runtime/exchange.hpp"

namespace gatehouse::runtime {

bool RoutedExchange::honours_key() const {
  return match_.route->honours_key() && dispatcher_.idempotency != nullptr;
}

// Null: the client sent no key.
Result<std::unique_ptr<Idempotency::Attempt>> RoutedExchange::begin_attempt() {
  GATEHOUSE_TRY(const auto key, read_idempotency_key(head_.headers));
  if (!key) return std::unique_ptr<Idempotency::Attempt>();
  return dispatcher_.idempotency->begin({principal_->user,
                                         principal_->actor,
                                         head_.method,
                                         match_.route->spec.pattern,
                                         target_.path,
                                         target_.query,
                                         body_,
                                         *key,
                                         rights_digest(*principal_)});
}

Result<None> RoutedExchange::keep(const Idempotency::Attempt& attempt, Session& session) const {
  // Who is told to come back later must not find the same answer then.
  if (answer_.status == http_status(ErrorCode::RateLimited)) return None{};
  return attempt.store(session, answer_, rest_ == Rest::None, match_.route->key_use);
}

// The author can mend it, and nobody else.
void RoutedExchange::tell_lost_hold() const {
  const RouteEntry& route = *match_.route;
  dispatcher_.facilities.log_for(route.plugin)
      .warning("held_too_long",
               "plugin {}: {} {} worked on after its Db::write() while others waited to write, and "
               "was rolled back: do what is slow before write()",
               route.plugin,
               method_name(route.spec.method),
               route.spec.pattern);
}

void RoutedExchange::replay(const Idempotency::Attempt& attempt) {
  const StoredAnswer& stored = *attempt.before();
  const bool shows_all = attempt.has_same_rights();
  if (!shows_all) {
    make_refusal(conflict("rights_changed",
                          "This request was carried out, but your rights have changed since, so "
                          "its answer is not shown again: read what it made."));
  } else if (stored.body) {
    answer_.status = static_cast<int>(stored.status);
    answer_.content_type = stored.content_type;
    answer_.body = *stored.body;
  } else {
    make_refusal(stored.secret
                     ? conflict("secret_already_shown",
                                "This request was carried out, and its answer showed a secret that "
                                "is shown only once: make a new one, with a new Idempotency-Key.")
                     : conflict("answer_not_kept",
                                "This request was carried out, but its answer was too large to be "
                                "kept: read what it made."));
  }
  if (stored.location) set_header("Location", *stored.location);
  if (stored.etag && shows_all) set_header("ETag", *stored.etag);
  set_header("Idempotent-Replay", "true");
  finish();
}

// An author who forgets the check would lose a client's update in silence.
void RoutedExchange::require_check(std::uint32_t transaction) const {
  if (!changes_conditionally() || (checked_in_ != 0 && checked_in_ == transaction)) return;
  throw std::logic_error(
      "the route has etag() and the request a precondition, but Call::check_if_match() was not "
      "called in the transaction; call it there on the row as it is");
}

bool RoutedExchange::changes_conditionally() const {
  const Method method = match_.route->spec.method;
  return preconditions_.any() && method != Method::Get && method != Method::Post;
}

Result<None> RoutedExchange::check_preconditions(const Type& type, const void* current) {
  const RequestScope* scope = RequestScope::current();
  if (scope == nullptr || scope->transaction() == 0) {
    throw std::logic_error(
        "Call::check_if_match() outside Db::write(): the row could change before it is written");
  }
  checked_in_ = scope->transaction();
  if (!preconditions_.any()) return None{};
  return preconditions_.check_change(entity_tag(type, current));
}

void RoutedExchange::set_etag(std::string tag) {
  if (!has_etag()) return;
  etag_ = std::move(tag);
  set_header("ETag", etag_);
}

// What becomes of a success on a route with ETags.
Result<None> RoutedExchange::finish_conditional() {
  if (changes_conditionally()) require_check(checked_in_);
  if (match_.route->spec.method != Method::Get || etag_.empty()) return None{};
  GATEHOUSE_CHECK(preconditions_.check_read(etag_));
  if (!preconditions_.is_unchanged(etag_)) return None{};
  answer_.status = 304;
  answer_.content_type.clear();
  answer_.body.clear();
  return None{};
}

}  // namespace gatehouse::runtime
