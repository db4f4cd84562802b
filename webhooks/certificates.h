#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/base/clock.h"
#include "operator/base/result.h"
#include "operator/serve/presented.h"

namespace gyre::webhooks {

using serve::KeyPair;

// Everything that the replicas share. While a CA is replaced, both are in the bundle for a day before the new one
// signs, and the old one stays in it until it ends: nobody meets a certificate whose CA they have not been told of.
struct Certificates {
  KeyPair ca;                   // Signs the serving certificate.
  std::optional<KeyPair> next;  // Trusted already, signs later.
  std::string previous;         // Certificate of the CA before; empty when there is none.
  KeyPair serving;
  bool operator==(const Certificates&) const = default;
  // All CAs that clients are to trust, PEM.
  std::string bundle() const;
};

// ECDSA P-256; a CA lasts one year, a serving certificate 90 days. Both start an hour ago, for clocks that are late.
Result<KeyPair> make_ca(Time now);
Result<KeyPair> make_serving(const KeyPair& ca, const std::vector<std::string>& dns_names, Time now);

// What the rotation looks at. What cannot be read, has another key than its own, or is not signed by the CA, is as good
// as absent.
struct CertificateFacts {
  std::optional<Time> ca_end;
  std::optional<Time> next_start;
  std::optional<Time> previous_end;
  std::optional<Time> serving_end;
  std::vector<std::string> dns_names;
  bool operator==(const CertificateFacts&) const = default;
};
CertificateFacts facts_of(const Certificates& certificates);

enum class Rotation {
  kKeep,
  kCreate,        // No CA is of use, or all have ended: everything new.
  kRenewServing,  // The serving certificate is of no use, ends soon or has other names.
  kAddNext,       // The CA ends soon: a second one is made and trusted.
  kSwitch,        // The second one is known everywhere by now, or the first is of no use any more: the second signs.
  kDropPrevious,  // The CA before has ended.
};
Rotation rotation_for(const CertificateFacts& facts, const std::vector<std::string>& dns_names, Time now);

// The certificates after that step.
Result<Certificates> rotated(const Certificates& present, Rotation rotation, const std::vector<std::string>& dns_names,
                             Time now);
// All steps that are due; `present` itself when none is.
Result<Certificates> up_to_date(const std::optional<Certificates>& present, const std::vector<std::string>& dns_names,
                                Time now);

}  // namespace gyre::webhooks
