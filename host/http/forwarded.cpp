// SPDX-License-Identifier: Apache-2.0
#include "host/http/forwarded.hpp"

#include <algorithm>

#include "host/config/network.hpp"

namespace gatehouse::host {
namespace {

bool is_forwarded_for(std::string_view name) {
  constexpr std::string_view kName = "x-forwarded-for";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

std::string client_address(std::string_view peer,
                           const std::vector<std::pair<std::string, std::string>>& headers,
                           const std::function<bool(std::string_view address)>& is_trusted) {
  std::string client(peer);
  if (!is_trusted || !is_trusted(client)) return client;
  for (auto header = headers.rbegin(); header != headers.rend(); ++header) {
    if (!is_forwarded_for(header->first)) continue;
    std::string_view rest = header->second;
    for (;;) {
      const auto comma = rest.rfind(',');
      auto hop = normal_address(trim(comma == rest.npos ? rest : rest.substr(comma + 1)));
      if (!hop) return client;
      client = *std::move(hop);
      if (!is_trusted(client)) return client;
      if (comma == rest.npos) break;
      rest = rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace gatehouse::host
