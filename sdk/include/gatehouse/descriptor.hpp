// What a plugin's file says of itself before any of its code runs: a plain-C record in an ELF note,
// and the one function the host calls to make the plugin. Both come from GATEHOUSE_PLUGIN(), which
// stands once, in a source of the plugin's module itself. SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <string_view>

#include <gatehouse/export.hpp>

namespace gatehouse {

class Plugin;

// major.minor.patch; what is left out is 0. Each part is at most 65535.
struct Version {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  std::uint16_t patch = 0;
  friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

// Takes 1 to 3 numbers joined by dots from the front of `text`; nothing when there are none.
constexpr std::optional<Version> take_version(std::string_view& text) {
  std::uint16_t parts[3] = {0, 0, 0};
  for (int part = 0; part < 3; ++part) {
    std::uint32_t number = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      number = number * 10 + static_cast<std::uint32_t>(text[digits] - '0');
      if (number > 65535) return std::nullopt;
    }
    if (digits == 0) return std::nullopt;
    parts[part] = static_cast<std::uint16_t>(number);
    text.remove_prefix(digits);
    if (text.empty() || text.front() != '.' || part == 2) break;
    text.remove_prefix(1);
  }
  return Version{parts[0], parts[1], parts[2]};
}

// Whether `name` can be a plugin's name: lower-case letters, digits and "_", a letter first, at
// most 31.
constexpr bool is_plugin_name(std::string_view name) {
  if (name.empty() || name.size() > 31 || name.front() < 'a' || name.front() > 'z') return false;
  for (const char c : name) {
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
  }
  return true;
}

// One plugin that another one needs, or with "?" uses when it is there: "users", "users >= 1.0",
// "users >= 1.0 < 2", "?audit >= 1.0".
struct Requirement {
  std::string_view name;
  bool optional = false;
  std::optional<Version> at_least;
  std::optional<Version> below;
};

// Takes the first requirement and its comma from the front of `text`; nothing when it breaks the
// grammar. A list ends when `text` is empty.
constexpr std::optional<Requirement> take_requirement(std::string_view& text) {
  const auto skip = [&text] {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  };
  const auto take = [&text, &skip](std::string_view word) {
    skip();
    if (!text.starts_with(word)) return false;
    text.remove_prefix(word.size());
    skip();
    return true;
  };
  Requirement requirement;
  requirement.optional = take("?");
  skip();
  std::size_t length = text.find_first_of(" <>=,");
  if (length == std::string_view::npos) length = text.size();
  requirement.name = text.substr(0, length);
  if (!is_plugin_name(requirement.name)) return std::nullopt;
  text.remove_prefix(length);
  if (take(">=") && !(requirement.at_least = take_version(text))) return std::nullopt;
  if (take("<") && !(requirement.below = take_version(text))) return std::nullopt;
  skip();
  if (text.empty()) return requirement;
  if (text.front() != ',') return std::nullopt;
  text.remove_prefix(1);
  skip();
  if (text.empty()) return std::nullopt;
  return requirement;
}

namespace detail {

constexpr bool are_requirements(std::string_view text) {
  while (!text.empty()) {
    if (!take_requirement(text)) return false;
  }
  return true;
}

constexpr bool is_full_version(std::string_view text) {
  int dots = 0;
  for (const char c : text) dots += c == '.' ? 1 : 0;
  return dots == 2 && take_version(text) && text.empty();
}

}  // namespace detail

// How a module was compiled, as far as it changes the layout of what crosses the boundary. Bits.
struct Abi {
  static constexpr std::uint32_t kCxx11Strings = 1;      // _GLIBCXX_USE_CXX11_ABI=1
  static constexpr std::uint32_t kDebugContainers = 2;   // _GLIBCXX_DEBUG
  static constexpr std::uint32_t kAddressSanitizer = 4;  // -fsanitize=address
  static constexpr std::uint32_t kThreadSanitizer = 8;   // -fsanitize=thread
  static constexpr std::uint32_t kLibstdcxx = 16;        // not another C++ library

  // Of whoever includes this header.
  static constexpr std::uint32_t here() {
    std::uint32_t bits = 0;
#if defined(__GLIBCXX__)
    bits |= kLibstdcxx;
#endif
#if defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
    bits |= kCxx11Strings;
#endif
#if defined(_GLIBCXX_DEBUG)
    bits |= kDebugContainers;
#endif
#if defined(__SANITIZE_ADDRESS__)
    bits |= kAddressSanitizer;
#endif
#if defined(__SANITIZE_THREAD__)
    bits |= kThreadSanitizer;
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
    bits |= kAddressSanitizer;
#endif
#if __has_feature(thread_sanitizer)
    bits |= kThreadSanitizer;
#endif
#endif
    return bits;
  }
};

// The note's content. Read by hosts of every version: members are only appended, `size` says which
// are there. Texts end with NUL.
struct Descriptor {
  static constexpr std::uint32_t kMagic = 0x31764847;  // "GHv1"

  std::uint32_t magic = kMagic;
  std::uint32_t size = sizeof(Descriptor);
  std::uint16_t sdk_major = GATEHOUSE_SDK_MAJOR;
  std::uint16_t sdk_minor = GATEHOUSE_SDK_MINOR;
  std::uint32_t abi = 0;                // bits of Abi
  std::uint32_t libstdcxx_release = 0;  // 12 for g++ 12; 0 with another C++ library
  char compiler[64] = {};
  char name[32] = {};
  char version[20] = {};
  char requirements[512] = {};
};

// The whole note, as the linker puts it into the file.
struct DescriptorNote {
  static constexpr char kOwner[] = "Gatehouse";
  static constexpr std::uint32_t kType = 1;

  std::uint32_t owner_size = sizeof kOwner;
  std::uint32_t content_size = sizeof(Descriptor);
  std::uint32_t type = kType;
  char owner[12] = "Gatehouse";  // padded to 4
  Descriptor content;
};
static_assert(sizeof(Descriptor) == 648 && sizeof(DescriptorNote) == 672, "read by every host");

using CreatePlugin = int(Plugin** plugin, char* error, std::size_t error_size) noexcept;
inline constexpr const char* kCreatePlugin = "gatehouse_plugin_create_v1";

namespace detail {

// Cuts text that is too long: only the compiler's can be.
template <std::size_t kSize>
constexpr void copy_text(char (&to)[kSize], std::string_view from) {
  for (std::size_t i = 0; i < from.size() && i + 1 < kSize; ++i) to[i] = from[i];
}

constexpr DescriptorNote describe_plugin(std::uint16_t sdk_major,
                                         std::uint16_t sdk_minor,
                                         std::string_view name,
                                         std::string_view version,
                                         std::string_view requirements) {
  DescriptorNote note;
  note.content.sdk_major = sdk_major;
  note.content.sdk_minor = sdk_minor;
  note.content.abi = Abi::here();
#if defined(_GLIBCXX_RELEASE)
  note.content.libstdcxx_release = _GLIBCXX_RELEASE;
#endif
#if defined(__clang__)
  copy_text(note.content.compiler, "clang " __clang_version__);
#else
  copy_text(note.content.compiler, "g++ " __VERSION__);
#endif
  copy_text(note.content.name, name);
  copy_text(note.content.version, version);
  copy_text(note.content.requirements, requirements);
  return note;
}

// Copies what was thrown into the host's memory while the plugin's code that threw it is at hand.
template <class T>
int create_plugin(Plugin** plugin, char* error, std::size_t error_size) noexcept {
  try {
    *plugin = new T();
    return 0;
  } catch (const std::exception& exception) {
    std::strncpy(error, exception.what(), error_size - 1);
  } catch (...) {
    std::strncpy(error, "threw something that is not a std::exception", error_size - 1);
  }
  error[error_size - 1] = '\0';
  return 1;
}

}  // namespace detail
}  // namespace gatehouse

// GATEHOUSE_PLUGIN(acme::notes::Notes, "notes", "1.0.0", "users >= 1.0, ?audit") outside any
// namespace. The class needs a default constructor. The fourth argument may be left out. No linker
// drops the note: it is a note, it is retained, and strip keeps what is loaded.
#define GATEHOUSE_PLUGIN(Class, name, version, ...)                                              \
  static_assert(gatehouse::is_plugin_name(name),                                                 \
                "a plugin's name is lower-case letters, digits and _, at most 31");              \
  static_assert(gatehouse::detail::is_full_version(version),                                     \
                "a plugin's version is major.minor.patch");                                      \
  static_assert(gatehouse::detail::are_requirements("" __VA_ARGS__),                             \
                "requirements read: \"users >= 1.0 < 2, ?audit >= 1.0\"");                       \
  static_assert(sizeof("" __VA_ARGS__) <= sizeof(gatehouse::Descriptor::requirements),           \
                "the requirements are longer than 511 bytes");                                   \
  __attribute__((                                                                                \
      section(".note.gatehouse"),                                                                \
      used,                                                                                      \
      retain,                                                                                    \
      aligned(                                                                                   \
          4))) static constinit const gatehouse::DescriptorNote gatehouse_plugin_descriptor_v1 = \
      gatehouse::detail::describe_plugin(                                                        \
          GATEHOUSE_SDK_MAJOR, GATEHOUSE_SDK_MINOR, name, version, "" __VA_ARGS__);              \
  extern "C" GATEHOUSE_API int gatehouse_plugin_create_v1(                                       \
      gatehouse::Plugin** plugin, char* error, std::size_t error_size) noexcept {                \
    return gatehouse::detail::create_plugin<Class>(plugin, error, error_size);                   \
  }
