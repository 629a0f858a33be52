// SPDX-License-Identifier: Apache-2.0
#include "host/mail/curl.hpp"

#include <string_view>

#include <dlfcn.h>

namespace gatehouse::host {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

template <class F>
bool find(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(::dlsym(library, name));
  return function != nullptr;
}

}  // namespace

Result<const Curl*> open_curl() {
  static Curl curl{};
  static bool is_open = false;
  if (is_open) return &curl;
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return unavailable(
        format("mail.smtp needs libcurl, which cannot be opened: {}; install the "
               "package libcurl4",
               why == nullptr ? std::string_view(kLibrary) : why));
  }
  const bool has_all = find(library, "curl_global_init", curl.global_init) &&
                       find(library, "curl_easy_init", curl.easy_init) &&
                       find(library, "curl_easy_setopt", curl.easy_setopt) &&
                       find(library, "curl_easy_perform", curl.easy_perform) &&
                       find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                       find(library, "curl_easy_strerror", curl.easy_strerror) &&
                       find(library, "curl_slist_append", curl.slist_append) &&
                       find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!has_all || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return unavailable("mail.smtp: libcurl.so.4 is not usable: update the package libcurl4");
  }
  is_open = true;
  return &curl;
}

}  // namespace gatehouse::host
