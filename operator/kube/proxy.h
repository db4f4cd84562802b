#pragma once

#include <string>

#include "operator/base/result.h"

namespace gyre::kube {

// The proxy that HTTPS_PROXY or HTTP_PROXY name for this server, as Go's clients read them: NO_PROXY lists hosts,
// domains, addresses and CIDR ranges, each with or without a port, or "*"; this machine is never proxied. Empty: none.
std::string environment_proxy(const std::string& server_url);

// Nothing, or why it cannot be used: http://, https:// and socks5:// can.
Result<void> check_proxy(const std::string& proxy_url);

}  // namespace gyre::kube
