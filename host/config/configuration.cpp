// SPDX-License-Identifier: Apache-2.0
#include "host/config/configuration.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <unistd.h>

#include <gatehouse/text.hpp>

#include "host/config/environment.hpp"
#include "host/config/yaml.hpp"

namespace gatehouse::host {
namespace {

constexpr std::size_t kLongestFile = 1 << 20;

}  // namespace

Configuration parse_configuration(std::string_view yaml,
                                  std::string_view name,
                                  const Environment& environment) {
  Configuration configuration;
  configuration.name = name;
  configuration.root = parse_yaml(yaml, name, configuration.mistakes);
  apply_environment(environment, configuration.root, configuration.mistakes);
  return configuration;
}

Configuration load_configuration(const std::optional<std::filesystem::path>& file,
                                 const Environment& environment) {
  if (!file) {
    auto configuration =
        parse_configuration(default_configuration(), "built-in gatehouse.yaml", environment);
    configuration.folder = std::filesystem::current_path();
    return configuration;
  }
  const auto fail = [&](std::string_view why) {
    Configuration configuration;
    configuration.name = file->string();
    configuration.mistakes.push_back(format("{}: {}", file->string(), why));
    return configuration;
  };
  std::error_code problem;
  if (std::filesystem::is_directory(*file, problem)) {
    return fail("is a folder, but a YAML file is expected");
  }
  errno = 0;
  std::ifstream stream(*file, std::ios::binary);
  if (!stream) return fail(format("cannot be read: {}", std::strerror(errno)));
  std::string yaml(kLongestFile + 1, '\0');
  stream.read(yaml.data(), static_cast<std::streamsize>(yaml.size()));
  yaml.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) return fail(format("cannot be read: {}", std::strerror(errno)));
  if (yaml.size() > kLongestFile) return fail("is longer than 1 MiB");
  auto configuration = parse_configuration(yaml, file->string(), environment);
  configuration.folder = std::filesystem::absolute(*file).lexically_normal().parent_path();
  return configuration;
}

Environment process_environment() {
  Environment environment;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

}  // namespace gatehouse::host
