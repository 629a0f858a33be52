// SPDX-License-Identifier: Apache-2.0
#include "host/mail/smtp.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>
#include <utility>

#include <gatehouse/text.hpp>

#include "host/files/private_file.hpp"
#include "host/mail/curl.hpp"
#include "host/mail/eml.hpp"

namespace gatehouse::host {
namespace {

// What of a conversation decides whether a refusal is for good.
struct Conversation {
  std::string_view unsent;
  const std::atomic<bool>& interrupted;
  bool about_the_letter = false;  // RCPT or what follows it was said last
  bool is_over = false;
  int last_code = 0;  // the last answer to what counts
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* context) {
  auto& conversation = *static_cast<Conversation*>(context);
  const std::size_t length = std::min(size * count, conversation.unsent.size());
  std::copy_n(conversation.unsent.begin(), length, buffer);
  conversation.unsent.remove_prefix(length);
  return length;
}

int listen(CURL*, curl_infotype kind, char* data, std::size_t size, void* context) {
  auto& conversation = *static_cast<Conversation*>(context);
  const std::string_view line(data, size);
  if (kind == CURLINFO_HEADER_OUT) {
    conversation.is_over = line.starts_with("QUIT");
    if (!conversation.is_over) {
      conversation.about_the_letter = line.starts_with("RCPT ") || line.starts_with("DATA");
    }
  } else if (kind == CURLINFO_HEADER_IN && !conversation.is_over) {
    std::from_chars(
        line.data(), line.data() + std::min<std::size_t>(line.size(), 3), conversation.last_code);
  }
  return 0;
}

int go_on(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Conversation*>(context)->interrupted ? 1 : 0;
}

curl_usessl tls_for(const SmtpSettings& settings) {
  switch (settings.starttls) {
    case StartTls::Never:
      return CURLUSESSL_NONE;
    case StartTls::IfOffered:
      return CURLUSESSL_TRY;
    case StartTls::Required:
      break;
  }
  return CURLUSESSL_ALL;
}

// A broken connection must end a letter and not the process; libcurl leaves that to its caller.
void ignore_broken_pipes() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

}  // namespace

Smtp::Smtp(SmtpSettings settings, std::string from)
    : settings_(std::move(settings)), from_(std::move(from)) {}

Result<std::string> Smtp::password() const {
  if (settings_.user.empty()) return std::string();
  auto content = read_private_file(settings_.password_file);
  if (!content) {
    const bool is_missing = content.error().code == ErrorCode::NotFound;
    return unavailable(format(
        "mail.smtp.password_file: {}",
        is_missing ? settings_.password_file.string() + " is not there" : content.error().message));
  }
  content->resize(content->find_last_not_of("\r\n") + 1);
  return content;
}

Result<None> Smtp::check() const {
  GATEHOUSE_CHECK(password());
  return None{};
}

Result<None> Smtp::send(const Letter& letter) {
  GATEHOUSE_TRY(const Curl* const curl, open_curl());
  GATEHOUSE_TRY(const std::string password_text, password());
  ignore_broken_pipes();
  const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl->easy_init(), curl->easy_cleanup);
  const std::string recipient = "<" + letter.message.to + ">";
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> recipients(
      curl->slist_append(nullptr, recipient.c_str()), curl->slist_free_all);
  if (!handle || !recipients) return unavailable("there is too little memory");

  const std::string sender = "<" + from_ + ">";
  // The path is what the server is greeted with.
  const std::string url = settings_.url + "/" + from_.substr(from_.find('@') + 1);
  const std::string eml = write_eml(letter, from_);
  Conversation conversation{eml, interrupted_};
  const auto milliseconds = [](std::chrono::seconds time) {
    return static_cast<long>(std::chrono::milliseconds(time).count());
  };
  CURLcode set = CURLE_OK;
  const auto option = [&](CURLoption name, auto value) {
    if (set == CURLE_OK) set = curl->easy_setopt(handle.get(), name, value);
  };
  option(CURLOPT_URL, url.c_str());
  option(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  option(CURLOPT_PROXY, "");  // whatever the environment says
  option(CURLOPT_NOSIGNAL, 1L);
  option(CURLOPT_USE_SSL, static_cast<long>(tls_for(settings_)));
  option(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  option(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings_.connect_timeout));
  option(CURLOPT_TIMEOUT_MS, milliseconds(settings_.timeout));
  if (!settings_.user.empty()) {
    option(CURLOPT_USERNAME, settings_.user.c_str());
    option(CURLOPT_PASSWORD, password_text.c_str());
  }
  option(CURLOPT_MAIL_FROM, sender.c_str());
  option(CURLOPT_MAIL_RCPT, recipients.get());
  option(CURLOPT_UPLOAD, 1L);
  option(CURLOPT_READFUNCTION, &give);
  option(CURLOPT_READDATA, &conversation);
  option(CURLOPT_VERBOSE, 1L);  // into listen(), nowhere else
  option(CURLOPT_DEBUGFUNCTION, &listen);
  option(CURLOPT_DEBUGDATA, &conversation);
  option(CURLOPT_NOPROGRESS, 0L);
  option(CURLOPT_XFERINFOFUNCTION, &go_on);
  option(CURLOPT_XFERINFODATA, &conversation);
  const CURLcode outcome = set == CURLE_OK ? curl->easy_perform(handle.get()) : set;
  if (outcome == CURLE_OK) return None{};

  const int code = conversation.last_code;
  const std::string why = format("mail.smtp: {} (last answer {})",
                                 std::string_view(curl->easy_strerror(outcome)),
                                 code == 0 ? std::string("none") : std::to_string(code));
  if (conversation.about_the_letter && code >= 500 && code < 600) {
    return Error{ErrorCode::InvalidArgument, "mail_refused", why, {}, {}};
  }
  // 421 may come at any point: the server closes.
  if (conversation.about_the_letter && code >= 400 && code < 500 && code != 421) {
    return Error{ErrorCode::RateLimited, "mail_not_now", why, {}, {}};
  }
  return unavailable(why);
}

}  // namespace gatehouse::host
