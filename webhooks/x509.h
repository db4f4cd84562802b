#pragma once

// OpenSSL in values: PEM in, PEM out. Stateless; callable from any thread.

#include <string>
#include <vector>

#include "operator/base/clock.h"
#include "operator/serve/presented.h"

namespace gyre::x509 {

Result<serve::KeyPair> make_ca(const std::string& common_name, Time start, Time end);
Result<serve::KeyPair> make_serving(const serve::KeyPair& ca, const std::vector<std::string>& dns_names, Time start,
                                    Time end);

struct CertificateInfo {
  Time start{};
  Time end{};
  std::vector<std::string> dns_names;  // In the certificate's order.
};
Result<CertificateInfo> read(const std::string& certificate);
// Whether the key is the certificate's.
Result<void> check_key(const serve::KeyPair& pair);
// Whether `certificate` was signed by the CA.
Result<void> check_signature(const std::string& certificate, const std::string& ca);

// Whether the first certificate leads, by those behind it, to a CA of the bundle; whatever the time.
Result<void> check_chain(const std::string& certificates, const std::string& bundle);

}  // namespace gyre::x509
