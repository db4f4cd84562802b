#pragma once

#include <string>
#include <vector>

#include "operator/kube/client.h"
#include "webhooks/certificates.h"

namespace gyre::webhooks {

inline constexpr char kCertificatesSecret[] = "gyre-certificates";

// Reads the certificates that all replicas share from Secret gyre-certificates, makes them when they are not there, and
// takes the steps of the rotation that are due. Nothing is written when none is. Whoever writes first wins: the others
// read again. Blocking.
Result<Certificates> ensure_certificates(kube::Client& client, const std::string& namespace_,
                                         const std::vector<std::string>& dns_names, Time now);

// Puts the bundle into every webhook of the ValidatingWebhookConfiguration, when it is not there already.
Result<void> ensure_ca_bundle(kube::Client& client, const std::string& configuration, const std::string& bundle);

}  // namespace gyre::webhooks
