#include "operator/kube/proxy.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>

#include "operator/base/text.h"
#include "operator/kube/url.h"

namespace gyre::kube {
namespace {

// As IPv6; IPv4 in its mapped form.
using Address = std::array<unsigned char, 16>;

std::optional<Address> parse_address(const std::string& text) {
  Address address{};
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
  return std::nullopt;
}

bool is_ipv4(const Address& address) {
  constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::equal(kMapped.begin(), kMapped.begin() + 12, address.begin());
}

bool is_loopback(const Address& address) {
  constexpr Address kLoopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return address == kLoopback || (is_ipv4(address) && address[12] == 127);
}

bool in_range(const Address& address, const std::string& range) {
  const std::size_t slash = range.find('/');
  const auto base = parse_address(range.substr(0, slash));
  char* end = nullptr;
  const char* text = range.c_str() + slash + 1;
  long bits = std::strtol(text, &end, 10);
  if (!base || is_ipv4(*base) != is_ipv4(address) || end == text || *end != '\0') return false;
  if (is_ipv4(address)) bits += 96;
  if (bits < 0 || bits > 128) return false;
  for (long bit = 0; bit < bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((address[at] & mask) != ((*base)[at] & mask)) return false;
  }
  return true;
}

bool is_domain_match(const std::string& host, std::string domain) {
  if (domain.starts_with("*.")) domain.erase(0, 1);
  if (domain.starts_with('.')) return host.ends_with(domain);
  return host == domain || host.ends_with("." + domain);
}

bool is_exempt(const Authority& server, const std::string& entry) {
  if (entry == "*") return true;
  const auto address = parse_address(server.host);
  if (entry.find('/') != std::string::npos) return address && in_range(*address, entry);
  // A bare IPv6 address has colons, but no port.
  const Authority wanted = parse_address(entry) ? Authority{entry, ""} : split_authority(entry);
  if (!wanted.port.empty() && wanted.port != server.port) return false;
  if (const auto exempt = parse_address(wanted.host)) return address == exempt;
  return is_domain_match(server.host, wanted.host);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string variable(const std::string& name) {
  for (const std::string& spelled : {name, lower(name)})
    if (const char* value = std::getenv(spelled.c_str()); value && *value) return value;
  return {};
}

}  // namespace

std::string environment_proxy(const std::string& server_url) {
  const bool is_tls = server_url.starts_with("https://");
  std::string proxy = variable(is_tls ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy.empty()) return {};
  if (proxy.find("://") == std::string::npos) proxy = "http://" + proxy;
  Authority server = split_authority(lower(split_url(server_url).authority));
  if (server.port.empty()) server.port = is_tls ? "443" : "80";
  const auto address = parse_address(server.host);
  if (server.host == "localhost" || (address && is_loopback(*address))) return {};
  for (const std::string& entry : split(lower(variable("NO_PROXY")), ','))
    if (const std::string exempt(trim(entry)); !exempt.empty() && is_exempt(server, exempt)) return {};
  return proxy;
}

Result<void> check_proxy(const std::string& proxy_url) {
  for (const char* scheme : {"http://", "https://", "socks5://"})
    if (proxy_url.starts_with(scheme) && proxy_url.size() > std::string_view(scheme).size()) return {};
  return fail(Code::kInvalid, "BadProxy",
              fmt::format("\"{}\" must be a URL that starts with http://, https:// or socks5://", proxy_url));
}

}  // namespace gyre::kube
