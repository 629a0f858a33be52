// A request without a socket. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gatehouse/call.hpp>
#include <gatehouse/routes.hpp>

struct FakeCall final : gatehouse::Call {
  std::string method_text = "POST";
  std::string path_text = "/v1/notes";
  std::string mount_text = "/v1";
  std::string query_text;
  std::string body_text;
  std::map<std::string, std::string, std::less<>> headers;  // by lower-case name
  std::vector<std::pair<std::string, std::string>> query_pairs;
  std::vector<std::string> path_values;

  std::string_view method() const override { return method_text; }
  std::string_view path() const override { return path_text; }
  std::string_view query() const override { return query_text; }
  std::string_view mount() const override { return mount_text; }
  std::string_view body() const override { return body_text; }
  std::optional<std::string_view> header(std::string_view name) const override {
    const auto found = headers.find(name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
  }
  const std::vector<std::pair<std::string, std::string>>& parameters() const override {
    return query_pairs;
  }
  std::string_view path_parameter(std::size_t index) const override {
    return path_values.at(index);
  }
  std::string_view remote_address() const override { return "127.0.0.1"; }
  std::string_view request_id() const override { return "r"; }
  std::string_view trace_id() const override { return ""; }
  const gatehouse::Principal* principal() const override { return nullptr; }
  void set_header(std::string_view, std::string_view) override {}
  void set_stream(gatehouse::Stream) override {}
  gatehouse::Result<gatehouse::None> check_preconditions(const gatehouse::Type&,
                                                         const void*) override {
    return gatehouse::None{};
  }
  bool has_etag() const override { return false; }
  void set_etag(std::string) override {}
  gatehouse::Result<gatehouse::None> allows(std::int64_t, std::string_view) const override {
    return gatehouse::not_found();
  }
};

// Keeps what a plugin registers.
class FakeRoutes final : public gatehouse::Routes, private gatehouse::Route {
 public:
  struct Entry {
    gatehouse::RouteSpec spec;
    std::unique_ptr<gatehouse::Endpoint> endpoint;
  };
  std::vector<Entry> entries;

  gatehouse::Route& add(const gatehouse::RouteSpec& spec,
                        std::unique_ptr<gatehouse::Endpoint> endpoint) override {
    entries.push_back({spec, std::move(endpoint)});
    return *this;
  }
  void mount(std::string_view, gatehouse::ErrorRenderer) override {}
  gatehouse::Routes& below(std::string_view) override { return *this; }
  void about(std::string_view) override {}
  const gatehouse::Endpoint& last() const { return *entries.back().endpoint; }

 private:
  Route& description(std::string_view) override { return *this; }
  Route& hashing() override { return *this; }
  Route& may_hash() override { return *this; }
  Route& non_blocking() override { return *this; }
  Route& body_limit(std::size_t) override { return *this; }
  Route& accept(gatehouse::Lenient) override { return *this; }
  Route& errors(gatehouse::ErrorRenderer) override { return *this; }
  Route& in_mount(std::string_view) override { return *this; }
  Route& etag() override { return *this; }
  Route& answers(int, std::string_view) override { return *this; }
  Route& content(std::string_view) override { return *this; }
  Route& parameter(std::string_view, std::string_view) override { return *this; }
  Route& answers_secret() override { return *this; }
  Route& ignores_idempotency_key() override { return *this; }
  Route& without_api_access() override { return *this; }
  Route& delegable(std::string_view) override { return *this; }
};
