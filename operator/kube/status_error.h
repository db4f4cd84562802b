#pragma once

#include <optional>
#include <string_view>

#include "operator/base/result.h"

namespace gyre::kube {

// What an HTTP status of 400 or more means to us. `body` is a metav1.Status where the API server itself answered;
// the message is the server's own, the reason its Status reason.
Error error_from_response(long http_status, std::string_view body, std::optional<double> retry_after_seconds);

}  // namespace gyre::kube
