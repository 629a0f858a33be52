// What plugins registered while they were wired; constant afterwards.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/events.hpp>
#include <gatehouse/mail.hpp>
#include <gatehouse/runtime/runtime.hpp>

#include "mail/mail_sender.hpp"
#include "runtime/mounts.hpp"
#include "runtime/rights.hpp"
#include "runtime/router.hpp"

namespace gatehouse::runtime {

struct Registry {
  using Listener = std::function<Result<None>(Session&, const void*)>;
  struct Service {
    std::string plugin;
    void* object = nullptr;
  };
  struct Subscription {
    std::string plugin;
    Listener listener;
  };

  std::deque<RouteEntry> routes;  // a deque: entries stay where they are
  Router router;
  Rights rights;
  std::vector<ApiTag> tags;
  Mounts mounts;
  std::map<std::string, Service, std::less<>> services;
  // Null: nobody provides it.
  void* find_service(std::string_view name) const {
    const auto found = services.find(name);
    return found == services.end() ? nullptr : found->second.object;
  }
  template <class T>
  T* find_service() const {
    return static_cast<T*>(find_service(T::kServiceName));
  }
  std::map<std::string, std::vector<Subscription>, std::less<>> subscriptions;
  std::vector<CommandEntry> commands;
  mail::Composers composers;
};

}  // namespace gatehouse::runtime
