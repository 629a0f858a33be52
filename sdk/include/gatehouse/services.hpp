// How plugins offer each other interfaces. An interface is an abstract class in gatehouse/services/
// (or in headers a plugin installs) with
//   static constexpr std::string_view kServiceName = "gatehouse.user_directory/1";
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

class Services {
 public:
  // Offers `service`, which must live until Plugin::stop() returns. Only in Plugin::wire(); a
  // second provider of the same name is refused.
  template <class T>
  void provide(T& service) {
    provide_as(T::kServiceName, static_cast<T*>(&service));
  }

  // The service, or null when no enabled plugin provides it. Cheap: look it up when you call it.
  template <class T>
  T* find() const {
    return static_cast<T*>(lookup(T::kServiceName));
  }

  // The service; throws std::runtime_error naming it when it is missing, which fails the start of
  // the plugin. A plugin that is named in the descriptor's requirements has been wired before.
  template <class T>
  T& require() const {
    return *static_cast<T*>(demand(T::kServiceName));
  }

 protected:
  ~Services() = default;
  virtual void provide_as(std::string_view name, void* service) = 0;
  virtual void* lookup(std::string_view name) const = 0;
  GATEHOUSE_API void* demand(std::string_view name) const;
};

}  // namespace gatehouse
