// What a plugin's file says of itself, judged: whether this host can run it. None of the plugin's
// code has run. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <gatehouse/descriptor.hpp>
#include <gatehouse/result.hpp>

#include "host/plugin_loader/elf.hpp"

namespace gatehouse::host {

// What another plugin must be, or must be if it is there.
struct Need {
  std::string name;
  bool optional = false;
  std::optional<Version> at_least;
  std::optional<Version> below;

  bool accepts(Version version) const;
  std::string range() const;  // ">= 1.0 < 2", or ""
};

struct PluginFile {
  std::filesystem::path path;
  FileIdentity identity;
  std::string name;
  std::string version_text;
  Version version;
  std::uint16_t sdk_major = 0;
  std::uint16_t sdk_minor = 0;
  std::uint32_t abi = 0;
  std::uint32_t libstdcxx_release = 0;
  std::string compiler;
  std::vector<Need> needs;
};

// Threads, blocking, limits: as read_descriptor(). Errors: InvalidArgument, whose message continues
// "plugin 'x': " and says how to mend it.
Result<PluginFile> inspect(const std::filesystem::path& path);

// Whether this host can run what `file` describes; inspect() has asked already.
Result<None> judge(const Descriptor& descriptor);

std::string to_text(Version version);

}  // namespace gatehouse::host
