// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/plugin_file.hpp"

namespace gatehouse::host {
namespace {

template <class... A>
Error refused(std::string_view pattern, const A&... arguments) {
  return {ErrorCode::InvalidArgument, "plugin_file", format(pattern, arguments...), {}, {}};
}

Result<None> judge_sdk(const Descriptor& plugin) {
  if (plugin.sdk_major != GATEHOUSE_SDK_MAJOR) {
    return refused(
        "was built against SDK {}.{}, this host speaks SDK {}.{} (major differs): rebuild "
        "the plugin",
        plugin.sdk_major,
        plugin.sdk_minor,
        GATEHOUSE_SDK_MAJOR,
        GATEHOUSE_SDK_MINOR);
  }
  if (plugin.sdk_minor > GATEHOUSE_SDK_MINOR) {
    return refused(
        "needs SDK {}.{} or newer, this host has {}.{}: upgrade the host or rebuild "
        "against {}.{}",
        plugin.sdk_major,
        plugin.sdk_minor,
        GATEHOUSE_SDK_MAJOR,
        GATEHOUSE_SDK_MINOR,
        GATEHOUSE_SDK_MAJOR,
        GATEHOUSE_SDK_MINOR);
  }
  return None{};
}

Result<None> judge_abi(const Descriptor& plugin) {
  constexpr std::uint32_t kHost = Abi::here();
  const std::uint32_t differs = plugin.abi ^ kHost;
  if ((differs & Abi::kLibstdcxx) != 0) {
    return refused(
        "was compiled with another C++ library than the host's libstdc++: rebuild it with "
        "libstdc++");
  }
  if ((differs & Abi::kCxx11Strings) != 0) {
    return refused(
        "uses the other std::string layout (_GLIBCXX_USE_CXX11_ABI={}, host {}): rebuild "
        "it without setting that macro",
        (plugin.abi & Abi::kCxx11Strings) != 0 ? 1 : 0,
        (kHost & Abi::kCxx11Strings) != 0 ? 1 : 0);
  }
  if ((differs & Abi::kDebugContainers) != 0) {
    return refused((plugin.abi & Abi::kDebugContainers) != 0
                       ? "was compiled with -D_GLIBCXX_DEBUG, the host without: rebuild it without"
                       : "was compiled without -D_GLIBCXX_DEBUG, the host with: rebuild it with");
  }
  const auto judge_sanitizer = [&](std::uint32_t bit, std::string_view name) -> Result<None> {
    if ((differs & bit) == 0) return None{};
    if ((plugin.abi & bit) != 0) {
      return refused(
          "is a sanitizer build ({}), the host is not: loading it would end the process; "
          "rebuild it without -fsanitize={}",
          name,
          name);
    }
    return refused(
        "is no sanitizer build ({}), but the host is: rebuild it with -fsanitize={}", name, name);
  };
  GATEHOUSE_CHECK(judge_sanitizer(Abi::kAddressSanitizer, "address"));
  return judge_sanitizer(Abi::kThreadSanitizer, "thread");
}

}  // namespace

bool Need::accepts(Version version) const {
  return (!at_least || version >= *at_least) && (!below || version < *below);
}

std::string Need::range() const {
  std::string text;
  if (at_least) text += ">= " + to_text(*at_least);
  if (below) text += (text.empty() ? "< " : " < ") + to_text(*below);
  return text;
}

std::string to_text(Version version) {
  const std::string text = format("{}.{}", version.major, version.minor);
  return version.patch == 0 ? text : format("{}.{}", text, version.patch);
}

Result<None> judge(const Descriptor& descriptor) {
  // In this order: across a different major the meaning of the rest is not known.
  GATEHOUSE_CHECK(judge_sdk(descriptor));
  return judge_abi(descriptor);
}

Result<PluginFile> inspect(const std::filesystem::path& path) {
  GATEHOUSE_TRY(const DescribedFile found, read_descriptor(path));
  const Descriptor& descriptor = found.descriptor;
  const auto in_file = [&path](Error error) {
    error.message = format("file {} {}", path.string(), error.message);
    return error;
  };
  if (auto judged = judge(descriptor); !judged) return in_file(std::move(judged).error());

  PluginFile file;
  file.path = path;
  file.identity = found.identity;
  file.name = descriptor.name;
  file.version_text = descriptor.version;
  file.sdk_major = descriptor.sdk_major;
  file.sdk_minor = descriptor.sdk_minor;
  file.abi = descriptor.abi;
  file.libstdcxx_release = descriptor.libstdcxx_release;
  file.compiler = descriptor.compiler;
  for (char& c : file.compiler) {
    if (c < ' ' || c > '~') c = '?';  // it is printed on a terminal
  }
  std::string_view version_text = descriptor.version;
  const auto version = take_version(version_text);
  if (!is_plugin_name(file.name) || !version || !version_text.empty()) {
    return in_file(refused("has a damaged Gatehouse descriptor (name or version): build it anew"));
  }
  file.version = *version;
  std::string_view requirements = descriptor.requirements;
  while (!requirements.empty()) {
    const auto requirement = take_requirement(requirements);
    if (!requirement) {
      return in_file(refused("has a damaged Gatehouse descriptor (requirements): build it anew"));
    }
    file.needs.push_back({std::string(requirement->name),
                          requirement->optional,
                          requirement->at_least,
                          requirement->below});
  }
  return file;
}

}  // namespace gatehouse::host
