// SPDX-License-Identifier: Apache-2.0
#include "storage/postgresql_module.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <dlfcn.h>

#include <gatehouse/text.hpp>

namespace gatehouse::storage {
namespace {

constexpr const char* kLibrary = "libgatehouse-postgresql.so.1";

std::filesystem::path beside_this_library() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&open_postgresql), &here) == 0) return {};
  return std::filesystem::path(here.dli_fname).parent_path() / kLibrary;
}

Error refused(std::string_view why) {
  return {ErrorCode::InvalidArgument,
          "storage_engine",
          format("storage.engine: postgresql needs {}: {}", std::string_view(kLibrary), why),
          {},
          {}};
}

}  // namespace

// Never closed: what it has made may be destroyed at any time.
Result<std::unique_ptr<Backend>> open_postgresql(const PostgresqlTerms& terms) {
  const std::filesystem::path path = beside_this_library();
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return refused(why != nullptr ? why : path.string());
  }
  const auto* const version = static_cast<const char*>(::dlsym(library, kPostgresqlVersion));
  void* const entry = ::dlsym(library, kPostgresqlEntry);
  if (version == nullptr || entry == nullptr || std::string_view(version) != GATEHOUSE_VERSION) {
    return refused(format("{} is of another version; install the one of {}",
                          path.string(),
                          std::string_view(GATEHOUSE_VERSION)));
  }
  return std::unique_ptr<Backend>(reinterpret_cast<PostgresqlEntry*>(entry)(terms));
}

}  // namespace gatehouse::storage
