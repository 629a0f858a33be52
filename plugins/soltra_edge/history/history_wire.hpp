// Sign-ins as seed document 004 writes them. The name of the type is the name of the schema in
// /openapi.json. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <tuple>

#include <gatehouse/body/describe.hpp>
#include <gatehouse/body/values.hpp>
#include <gatehouse/services/login_history.hpp>

namespace gatehouse::soltra_edge {

struct Attempt {
  bool success = false;
  std::optional<std::string> user_agent;
  Time attempted_on;
  std::optional<std::string> remote_address;
};
BOOST_DESCRIBE_STRUCT(Attempt, (), (success, user_agent, attempted_on, remote_address))
constexpr auto rules(Of<Attempt>) {
  return std::tuple{field(&Attempt::attempted_on, {.time = TimeForm::IsoMicroseconds})};
}

Attempt to_wire(const LoginRecord& record);

}  // namespace gatehouse::soltra_edge
