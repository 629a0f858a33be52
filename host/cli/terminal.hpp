// A command of a plugin, called from a shell. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>

#include <gatehouse/commands.hpp>

namespace gatehouse::host {

class Terminal final : public CommandLine {
 public:
  std::map<std::string, std::string, std::less<>> values;
  std::map<std::string, bool, std::less<>> flags;

  std::optional<std::string> value(std::string_view name) const override;
  bool flag(std::string_view name) const override;
  void print(std::string_view line) override;
  void fail(std::string_view line) override;
  Result<std::string> secret(std::string_view prompt) override;
  void progress(std::string_view line) override;
  bool interrupted() override;
  Result<None> create_file(const std::string& path) override;
};

}  // namespace gatehouse::host
