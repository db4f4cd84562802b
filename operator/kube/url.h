#pragma once

#include <string>

namespace gyre::kube {

// "https://[fd00::1]:6443/k8s" → "https", "[fd00::1]:6443", "/k8s".
struct Url {
  std::string scheme, authority, path;
};
Url split_url(const std::string& url);

// "[fd00::1]:6443" → "fd00::1" and "6443"; the port may be empty.
struct Authority {
  std::string host, port;
};
Authority split_authority(const std::string& authority);

}  // namespace gyre::kube
