#pragma once

#include <string>

#include "operator/serve/presented.h"

namespace gyre::webhooks {

// What our servers present, and whom those who talk to them are to trust.
struct CertificateFiles {
  serve::KeyPair serving;
  std::string bundle;
  bool operator==(const CertificateFiles&) const = default;
};

// tls.crt, tls.key and ca.crt of a folder, as a mounted Secret of cert-manager has them. An error while they do not
// belong together, as between two of its writes.
Result<CertificateFiles> read_certificate_files(const std::string& folder);

}  // namespace gyre::webhooks
