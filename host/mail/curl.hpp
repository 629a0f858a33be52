// libcurl, opened when it is first needed: a server that has sent no mail does not carry it.
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <curl/curl.h>

#include <gatehouse/result.hpp>

namespace gatehouse::host {

// The functions that are used, with the names and types of curl/curl.h. Never closed again.
struct Curl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
};

// Threads: one at a time. Blocking: the disk, at the first call. Unavailable: the library is not
// there, or lacks something; the next call looks again.
Result<const Curl*> open_curl();

}  // namespace gatehouse::host
