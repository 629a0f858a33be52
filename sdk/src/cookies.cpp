// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <stdexcept>

#include <gatehouse/cookies.hpp>
#include <gatehouse/text.hpp>

namespace gatehouse {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// RFC 6265 4.1.1.
bool is_cookie_octet(char c) {
  return c > 0x20 && c < 0x7f && std::string_view("\",;\\").find(c) == std::string_view::npos;
}

// RFC 6265 4.1.1, path-value.
bool is_path_octet(char c) {
  return c >= 0x20 && c < 0x7f && c != ';';
}

// "https://id.example.org:8443" and "/sub" of "https://id.example.org:8443/sub".
struct UrlParts {
  std::string_view origin;
  std::string_view path;
};

UrlParts parts_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) return {};
  const std::size_t end = std::min(url.find('/', scheme + 3), url.size());
  return {url.substr(0, end), url.substr(end)};
}

// As browsers write it (RFC 6454 6.2): in lower case, without the port that is the scheme's own.
std::string canonical(std::string_view origin) {
  std::string text(origin);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::string_view port = text.starts_with("https://")  ? ":443"
                                : text.starts_with("http://") ? ":80"
                                                              : "";
  if (text.ends_with(port)) text.erase(text.size() - port.size());
  return text;
}

bool is_plain_loopback(std::string_view public_url) {
  const std::string origin = canonical(parts_of(public_url).origin);
  if (!origin.starts_with("http://")) return false;
  std::string_view host = std::string_view(origin).substr(7);
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host == "127.0.0.1";
}

bool is_json(std::string_view content_type) {
  return fold(trimmed(content_type.substr(0, content_type.find(';')))) == "application/json";
}

Error cross_site() {
  return {ErrorCode::PermissionDenied,
          "cross_site",
          "A cookie is taken only from this server's own pages, with a JSON body.",
          {},
          {}};
}

}  // namespace

std::optional<std::string_view> find_cookie(const Call& call, std::string_view name) {
  std::string_view rest = call.header("Cookie").value_or("");
  while (!rest.empty()) {
    const std::string_view pair = trimmed(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(rest.find(';'), rest.size() - 1) + 1);
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos || trimmed(pair.substr(0, equals)) != name) continue;
    std::string_view value = trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
      value = value.substr(1, value.size() - 2);
    }
    return value;
  }
  return std::nullopt;
}

std::string write_cookie(const NewCookie& cookie, std::string_view public_url) {
  const auto is_good = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), is_cookie_octet);
  };
  if (cookie.name.empty() || !is_good(cookie.name) || !is_good(cookie.value) ||
      cookie.name.find('=') != cookie.name.npos) {
    throw std::logic_error(format("'{}' is no cookie that can be sent", cookie.name));
  }
  std::string path(parts_of(public_url).path);
  path += cookie.path;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (!std::all_of(path.begin(), path.end(), is_path_octet)) {
    throw std::logic_error(format("a cookie cannot be bound to '{}'", path));
  }
  std::string text = format("{}={}; Path={}; Max-Age={}; HttpOnly; SameSite=Lax",
                            cookie.name,
                            cookie.value,
                            path,
                            cookie.life.count());
  if (!is_plain_loopback(public_url)) text += "; Secure";
  return text;
}

Result<None> check_same_site(const Call& call, std::string_view public_url) {
  if (call.method() == "GET" || call.method() == "HEAD") return None{};
  if (const auto origin = call.header("Origin")) {
    const std::string_view own = parts_of(public_url).origin;
    if (own.empty() || canonical(*origin) != canonical(own)) return cross_site();
  } else if (call.header("Sec-Fetch-Site").value_or("same-origin") != "same-origin") {
    return cross_site();
  }
  const auto content_type = call.header("Content-Type");
  if (content_type ? !is_json(*content_type) : !call.body().empty()) return cross_site();
  return None{};
}

}  // namespace gatehouse
