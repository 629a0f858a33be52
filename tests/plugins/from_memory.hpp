// Answers that certainly come from memory. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

#include <gatehouse/testing/fakes.hpp>

namespace gatehouse::testing {

// Asks until memory has answered of that topic ("tokens.api_token"), and returns what it said. It
// answers once the bus listens and has told of what was changed before.
template <class F>
auto from_memory(const RecordedMetrics& metrics, std::string_view topic, const F& ask) {
  const std::string name =
      "live_cache_answers_total{topic=\"" + std::string(topic) + "\",from=\"memory\"}";
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < end) {
    const double before = metrics.value(name);
    auto answer = ask();
    if (metrics.value(name) > before) return answer;
  }
  throw std::runtime_error("memory never answers of " + std::string(topic));
}

}  // namespace gatehouse::testing
