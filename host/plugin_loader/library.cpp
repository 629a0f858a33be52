// SPDX-License-Identifier: Apache-2.0
#include "host/plugin_loader/library.hpp"

#include <array>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <boost/dll/shared_library.hpp>
#include <cxxabi.h>
#include <dlfcn.h>

namespace gatehouse::host {
namespace {

Error failed(std::string message) {
  return {ErrorCode::InvalidArgument, "plugin_load", std::move(message), {}, {}};
}

// Every library that was opened. Never destroyed: threads and static destructors of plugins may
// still run when those of the host have.
std::vector<boost::dll::shared_library>& opened_libraries() {
  static auto& libraries = *new std::vector<boost::dll::shared_library>;
  return libraries;
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), std::free);
  return name ? std::string(name.get()) : symbol;
}

// The loader's own words, with the symbol readable and what can be done about it.
std::string explain(const std::filesystem::path& file, std::string text) {
  if (text.starts_with(file.string() + ": ")) text.erase(0, file.string().size() + 2);
  constexpr std::string_view kUndefined = "undefined symbol: ";
  if (const auto at = text.find(kUndefined); at != std::string::npos) {
    const auto begin = at + kUndefined.size();
    auto end = begin;
    while (end < text.size() && text[end] != ',' &&
           std::isspace(static_cast<unsigned char>(text[end])) == 0) {
      ++end;
    }
    text.replace(begin, end - begin, demangled(text.substr(begin, end - begin)));
    return text + ": link the plugin with gatehouse_add_plugin() to see this when it is built";
  }
  if (text.find("version `GLIBC") != std::string::npos) {
    return text + ": it was built on a newer system; build it on this one";
  }
  if (text.find("cannot open shared object file") != std::string::npos) {
    return text + ": install the library that the plugin needs";
  }
  return text;
}

}  // namespace

Result<CreatePlugin*> open_library(const std::filesystem::path& named) {
  // A name without a folder would be looked for in the system's folders.
  const std::filesystem::path file = std::filesystem::absolute(named);
  // Boost.DLL has no word for NODELETE, and hands the numbers on as they are.
  const auto mode = static_cast<boost::dll::load_mode::type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  boost::dll::shared_library library;
  std::error_code error;
  try {
    ::dlerror();
    library.load(file, mode, error);
  } catch (const std::exception& exception) {
    return failed(format("failed in its static initialisers: {}", exception.what()));
  } catch (...) {
    return failed(
        "failed in its static initialisers: threw something that is not a std::exception");
  }
  if (error) {
    // The error's own number says nothing: Boost.DLL makes the same one of every cause.
    const char* const text = ::dlerror();
    return failed(format("file {} cannot be loaded: {}",
                         file.string(),
                         explain(file, text != nullptr ? text : error.message())));
  }
  opened_libraries().push_back(library);
  if (!library.has(kCreatePlugin)) {
    return failed(
        format("file {} has a descriptor but no entry point {} (stripped or version "
               "script?): build it with gatehouse_add_plugin()",
               file.string(),
               kCreatePlugin));
  }
  return &library.get<CreatePlugin>(kCreatePlugin);
}

Result<std::unique_ptr<Plugin>> create_plugin(CreatePlugin* create) {
  std::array<char, 1024> error{};
  Plugin* plugin = nullptr;
  const int status = create(&plugin, error.data(), error.size());
  if (status != 0 || plugin == nullptr) {
    error.back() = '\0';
    return failed(format("failed in its constructor: {}",
                         error[0] != '\0' ? error.data() : "it does not say why"));
  }
  return std::unique_ptr<Plugin>(plugin);
}

}  // namespace gatehouse::host
