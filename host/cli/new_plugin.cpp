// SPDX-License-Identifier: Apache-2.0
#include "host/cli/new_plugin.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <gatehouse/descriptor.hpp>

namespace gatehouse::host {
namespace {

namespace fs = std::filesystem;

// The names that the template's own files use.
constexpr std::string_view kTemplateName = "jotter";
constexpr std::string_view kTemplateClass = "Jotter";

Error refused(std::string message) {
  return {ErrorCode::InvalidArgument, "new_plugin", std::move(message), {}, {}};
}

// A plugin's name becomes a namespace and a target of CMake.
constexpr std::string_view kKeywords =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t "
    "char32_t char8_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast "
    "else enum explicit export extern false float for friend goto if inline int long mutable "
    "namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid "
    "typename union unsigned using virtual void volatile wchar_t while xor xor_eq ";
constexpr std::string_view kTaken =
    " all clean continuous depend edit_cache experimental gatehouse help install "
    "list_install_components main nightly package package_source rebuild_cache std test ";

bool is_among(std::string_view word, std::string_view list) {
  return list.find(" " + std::string(word) + " ") != list.npos;
}

// "shopping_list" is the class ShoppingList.
std::string class_name(std::string_view name) {
  std::string result;
  bool capital = true;
  for (const char c : name) {
    if (c == '_') {
      capital = true;
      continue;
    }
    result += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = false;
  }
  return result;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace

fs::path default_plugin_template() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "share" / "gatehouse" / "template";
}

Result<std::vector<fs::path>> new_plugin(const fs::path& plugin_template,
                                         std::string_view name,
                                         const fs::path& target) {
  if (!is_plugin_name(name)) {
    return refused(
        format("'{}' is no name for a plugin: lower-case letters, digits and _, a letter "
               "first, at most 31",
               name));
  }
  if (is_among(name, kKeywords) || is_among(name, kTaken)) {
    return refused(format("'{}' is a word of {}: choose another name",
                          name,
                          is_among(name, kKeywords) ? "C++" : "the build"));
  }
  std::error_code error;
  if (fs::exists(fs::symlink_status(target, error))) {
    return refused(format("{} exists already: choose another folder with --dir", target.string()));
  }
  if (!fs::is_directory(plugin_template, error)) {
    return refused(format("the template is not in {}: install the SDK's development files",
                          plugin_template.string()));
  }
  const auto renamed = [&](std::string text) {
    return replaced(
        replaced(std::move(text), kTemplateName, name), kTemplateClass, class_name(name));
  };
  std::vector<fs::path> written;
  try {
    const fs::path root = fs::canonical(plugin_template);
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      const fs::path file = renamed(entry.path().lexically_relative(root).string());
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      fs::create_directories((target / file).parent_path());
      std::ofstream out(target / file, std::ios::binary);
      out << renamed(text);
      out.close();
      if (!in || !out) throw fs::filesystem_error("cannot copy", file, std::error_code());
      written.push_back(file);
    }
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(target, error);
    return refused(format("the new plugin cannot be written: {}", failure.what()));
  }
  std::ranges::sort(written);
  return written;
}

}  // namespace gatehouse::host
