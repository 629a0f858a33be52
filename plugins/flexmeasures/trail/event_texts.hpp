// The audit trail in the words of FlexMeasures: contracts/flexmeasures.md, 3. What it would not log
// has no words. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gatehouse/services/audit_trail.hpp>

namespace gatehouse::flexmeasures {

// The actions that have words, in the log of an account and in that of a user, who is their object.
std::span<const std::string_view> account_actions();
std::span<const std::string_view> user_actions();
// What stands in the log of whoever did it.
constexpr std::string_view kAccountUpdated = "account.updated";

// None, one, or several for what FlexMeasures logs in steps.
std::vector<std::string> event_texts(const AuditEvent& event);

}  // namespace gatehouse::flexmeasures
