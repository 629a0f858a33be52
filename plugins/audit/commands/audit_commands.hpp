// `gatehouse audit ...`. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

#include <gatehouse/commands.hpp>
#include <gatehouse/context.hpp>
#include <gatehouse/result.hpp>
#include <gatehouse/time.hpp>

#include "checks/chain_repository.hpp"
#include "erasure/erasure.hpp"
#include "trail/trail_reader.hpp"

namespace gatehouse::audit {

void add_verify_command(Context& host, const ChainRepository& rows);
void add_export_command(Context& host, const TrailRepository& rows, const TrailReader& reader);
void add_prune_command(Context& host, const ChainRepository& rows);
void add_erase_command(Context& host, const Erasure& erasure);

// What options hold. InvalidArgument names the option and what it takes.
Result<std::optional<Time>> time_option(const CommandLine& line, std::string_view name);
Result<std::optional<std::int64_t>> chain_option(const CommandLine& line, std::string_view name);

// Prints what went wrong; the exit code.
int refuse(CommandLine& line, const Error& error);

}  // namespace gatehouse::audit
