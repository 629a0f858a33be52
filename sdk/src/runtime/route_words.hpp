// What a plugin says of its routes while it is wired, written into their entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/routes.hpp>
#include <gatehouse/text.hpp>

#include "runtime/router.hpp"

namespace gatehouse::runtime {

class RouteWords final : public Route {
 public:
  explicit RouteWords(RouteEntry& entry) : entry_(entry) {}
  Route& description(std::string_view text) override {
    entry_.description = text;
    return *this;
  }
  Route& hashing() override {
    entry_.hashing = true;
    return *this;
  }
  Route& may_hash() override {
    entry_.may_hash = true;
    return *this;
  }
  Route& non_blocking() override {
    entry_.non_blocking = true;
    return *this;
  }
  Route& body_limit(std::size_t bytes) override {
    entry_.body_limit = bytes;
    return *this;
  }
  Route& accept(Lenient lenient) override {
    entry_.lenient = lenient;
    return *this;
  }
  Route& errors(ErrorRenderer renderer) override {
    entry_.errors = renderer;
    return *this;
  }
  Route& in_mount(std::string_view prefix) override {
    entry_.in_mount = prefix;
    return *this;
  }
  Route& etag() override {
    entry_.etag = true;
    return *this;
  }
  Route& answers(int status, std::string_view text) override {
    if (status < 200 || status > 599 || text.empty()) {
      refuse("answers() takes a status from 200 to 599 and a text");
    }
    entry_.answers.push_back({status, std::string(text)});
    return *this;
  }
  Route& content(std::string_view media_type) override {
    entry_.content = media_type;
    return *this;
  }
  Route& parameter(std::string_view name, std::string_view text) override {
    const std::string in_pattern = format("{{}}", name);
    if (entry_.spec.pattern.find(in_pattern) == std::string_view::npos) {
      refuse(format("its path has no {}", in_pattern));
    }
    entry_.parameters[std::string(name)] = text;
    return *this;
  }
  Route& answers_secret() override {
    entry_.key_use = KeyUse::Secret;
    return *this;
  }
  Route& ignores_idempotency_key() override {
    entry_.key_use = KeyUse::Ignored;
    return *this;
  }
  Route& without_api_access() override {
    entry_.without_api_access = true;
    return *this;
  }
  Route& delegable(std::string_view scope) override {
    if (scope.empty()) refuse("delegable() takes a grant scope, \"data:read\" say");
    entry_.delegable = scope;
    return *this;
  }

 private:
  [[noreturn]] void refuse(std::string_view mistake) const {
    throw std::invalid_argument(
        format("route {} '{}': {}", method_name(entry_.spec.method), entry_.spec.pattern, mistake));
  }
  RouteEntry& entry_;
};

// The routes of `all`, below a prefix.
class RoutesBelow final : public gatehouse::Routes {
 public:
  RoutesBelow(gatehouse::Routes& all, std::string_view prefix) : all_(all), prefix_(prefix) {}
  Route& add(const RouteSpec& spec, std::unique_ptr<Endpoint> endpoint) override {
    const std::string pattern = prefix_ + std::string(spec.pattern);
    RouteSpec whole = spec;
    whole.pattern = pattern;
    return all_.add(whole, std::move(endpoint));
  }
  void mount(std::string_view prefix, ErrorRenderer errors) override {
    all_.mount(prefix_ + std::string(prefix), errors);
  }
  gatehouse::Routes& below(std::string_view prefix) override {
    return all_.below(prefix_ + std::string(prefix));
  }
  void about(std::string_view text) override { all_.about(text); }

 private:
  gatehouse::Routes& all_;
  const std::string prefix_;
};

}  // namespace gatehouse::runtime
